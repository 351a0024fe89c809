package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * What SQLite and H2 hold. They live in the process of whoever asks, so many small questions cost
 * no more than a large one.
 */
final class BatchHeldSql implements HeldSql {

  // All columns of the index are named in the orders, or else H2 sorts.
  private final String nextCollection;
  private final String page;

  BatchHeldSql(Tables tables) {
    nextCollection =
        """
        SELECT collection FROM %s WHERE did = ? AND collection > ?
        ORDER BY did, collection, rkey LIMIT 1
        """
            .formatted(tables.record());
    page =
        """
        SELECT rkey, cid, rev FROM %s WHERE did = ? AND collection = ? AND rkey > ?
        ORDER BY did, collection, rkey LIMIT\s"""
            .formatted(tables.record());
  }

  @Override
  public Set<Did> holding(Connection connection, Collection<Did> repos) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(nextCollection)) {
      Set<Did> holding = new HashSet<>();
      for (Did did : repos) {
        if (!next(statement, did, "").isEmpty()) {
          holding.add(did);
        }
      }
      return holding;
    }
  }

  @Override
  public NavigableSet<Nsid> collections(Connection connection, Did did) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(nextCollection)) {
      NavigableSet<Nsid> collections = new TreeSet<>();
      for (String next = next(statement, did, ""); !next.isEmpty(); ) {
        collections.add(Nsid.parse(next));
        next = next(statement, did, next);
      }
      return collections;
    }
  }

  /** The first collection after this one, or nothing. */
  private static String next(PreparedStatement statement, Did did, String collection)
      throws SQLException {
    statement.setString(1, did.toString());
    statement.setString(2, collection);
    try (ResultSet row = statement.executeQuery()) {
      return row.next() ? row.getString(1) : "";
    }
  }

  @Override
  public String page(int most) {
    return page + most;
  }
}
