package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

/** What MariaDB and MySQL hold: a statement for many repos, or for many collections of one. */
final class MariaDbHeldSql implements HeldSql {

  /** Look-ups a statement. Both servers end a recursion after 1000 steps, one of them silently. */
  static final int LOOK_UPS = 100;

  final String holding;
  final String collections;
  private final String page;

  MariaDbHeldSql(Tables tables) {
    holding =
        "(SELECT did FROM %s WHERE did = ? ORDER BY did, collection, rkey LIMIT 1)"
            .formatted(tables.record());
    collections =
        """
        WITH RECURSIVE c(collection, n) AS (
          SELECT (
            SELECT r.collection FROM %1$s r WHERE r.did = ? AND r.collection > ?
            ORDER BY r.did, r.collection, r.rkey LIMIT 1
          ), 1
          UNION ALL
          SELECT (
            SELECT r.collection FROM %1$s r WHERE r.did = ? AND r.collection > c.collection
            ORDER BY r.did, r.collection, r.rkey LIMIT 1
          ), n + 1 FROM c WHERE c.collection IS NOT NULL AND n < %2$d
        )
        SELECT collection FROM c WHERE collection IS NOT NULL
        """
            .formatted(tables.record(), LOOK_UPS);
    page =
        """
        SELECT rkey, cid, rev FROM %s FORCE INDEX (PRIMARY)
        WHERE did = ? AND collection = ? AND rkey > ?
        ORDER BY did, collection, rkey LIMIT\s"""
            .formatted(tables.record());
  }

  @Override
  public Set<Did> holding(Connection connection, Collection<Did> repos) throws SQLException {
    List<Did> all = List.copyOf(repos);
    Set<Did> found = new HashSet<>();
    for (int from = 0; from < all.size(); from += LOOK_UPS) {
      List<Did> some = all.subList(from, Math.min(from + LOOK_UPS, all.size()));
      String sql = String.join(" UNION ALL ", Collections.nCopies(some.size(), holding));
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        for (int i = 0; i < some.size(); i++) {
          statement.setString(i + 1, some.get(i).toString());
        }
        try (ResultSet rows = statement.executeQuery()) {
          while (rows.next()) {
            found.add(Did.parse(rows.getString(1)));
          }
        }
      }
    }
    return found;
  }

  @Override
  public NavigableSet<Nsid> collections(Connection connection, Did did) throws SQLException {
    NavigableSet<Nsid> found = new TreeSet<>();
    try (PreparedStatement statement = connection.prepareStatement(collections)) {
      int more;
      do {
        statement.setString(1, did.toString());
        statement.setString(2, found.isEmpty() ? "" : found.last().toString());
        statement.setString(3, did.toString());
        more = 0;
        try (ResultSet rows = statement.executeQuery()) {
          while (rows.next()) {
            found.add(Nsid.parse(rows.getString(1)));
            more++;
          }
        }
      } while (more == LOOK_UPS);
    }
    return found;
  }

  @Override
  public String page(int most) {
    return page + most;
  }
}
