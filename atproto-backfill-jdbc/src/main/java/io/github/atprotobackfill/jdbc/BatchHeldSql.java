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

  /** Of the characters that names of collections are made of, none comes before this one. */
  private static final String FIRST_CHARACTER = "-";

  // All columns of the index are named in the orders, or else H2 sorts. And it begins to read where
  // a column is equal to its bound, even if asked for what is greater; so the bound is made such
  // that no collection is equal to it, or H2 would read through all records of one.
  final String firstCollection;
  private final String page;

  BatchHeldSql(Tables tables) {
    firstCollection =
        """
        SELECT collection FROM %s WHERE did = ? AND collection >= ?
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
    try (PreparedStatement statement = connection.prepareStatement(firstCollection)) {
      Set<Did> holding = new HashSet<>();
      for (Did did : repos) {
        if (!first(statement, did, "").isEmpty()) {
          holding.add(did);
        }
      }
      return holding;
    }
  }

  @Override
  public NavigableSet<Nsid> collections(Connection connection, Did did) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(firstCollection)) {
      NavigableSet<Nsid> collections = new TreeSet<>();
      String next = first(statement, did, "");
      while (!next.isEmpty()) {
        collections.add(Nsid.parse(next));
        next = first(statement, did, next + FIRST_CHARACTER);
      }
      return collections;
    }
  }

  /** The first collection that does not come before {@code from}, or nothing. */
  private static String first(PreparedStatement statement, Did did, String from)
      throws SQLException {
    statement.setString(1, did.toString());
    statement.setString(2, from);
    try (ResultSet row = statement.executeQuery()) {
      return row.next() ? row.getString(1) : "";
    }
  }

  @Override
  public String page(int most) {
    return page + most;
  }
}
