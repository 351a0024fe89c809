package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.sink.HeldRecord;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What PostgreSQL holds: each question is one statement, however many repos or collections. */
final class PostgresHeldSql implements HeldSql {

  final String holding;
  final String collections;
  private final String page;

  PostgresHeldSql(Tables tables) {
    holding =
        """
        SELECT d.did FROM unnest(?::text[]) AS d(did)
        CROSS JOIN LATERAL (
          SELECT 1 FROM %s r WHERE r.did = d.did ORDER BY r.collection, r.rkey LIMIT 1
        ) AS first
        """
            .formatted(tables.record());
    collections =
        """
        WITH RECURSIVE c(did, collection) AS (
          SELECT d.did, (
            SELECT r.collection FROM %1$s r WHERE r.did = d.did
            ORDER BY r.collection, r.rkey LIMIT 1
          ) FROM (VALUES (?::text)) AS d(did)
          UNION ALL
          SELECT c.did, (
            SELECT r.collection FROM %1$s r WHERE r.did = c.did AND r.collection > c.collection
            ORDER BY r.collection, r.rkey LIMIT 1
          ) FROM c WHERE c.collection IS NOT NULL
        )
        SELECT collection FROM c WHERE collection IS NOT NULL
        """
            .formatted(tables.record());
    // Written plainly, with equal signs, the planner takes a page for a few rows, and where rows of
    // a repo lie scattered it would rather sort all of them, for every page. So nothing is said
    // here that it could estimate by: the bounds come out of a subquery that it may not flatten.
    page =
        """
        SELECT p.rkey, p.cid, p.rev
        FROM (SELECT ?::text AS did, ?::text AS collection, ?::text AS rkey OFFSET 0) AS a
        CROSS JOIN LATERAL (
          SELECT r.rkey, r.cid, r.rev FROM %s r
          WHERE (r.did, r.collection, r.rkey) > (a.did, a.collection, a.rkey)
            AND (r.did, r.collection) <= (a.did, a.collection)
          ORDER BY r.did, r.collection, r.rkey LIMIT %%d
        ) AS p
        """
            .formatted(tables.record());
  }

  @Override
  public Set<Did> holding(Connection connection, Collection<Did> repos) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(holding)) {
      TextArray.set(statement, 1, repos, Did::toString);
      Set<Did> found = new HashSet<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          found.add(Did.parse(rows.getString(1)));
        }
      }
      return found;
    }
  }

  @Override
  public NavigableSet<Nsid> collections(Connection connection, Did did) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(collections)) {
      statement.setString(1, did.toString());
      NavigableSet<Nsid> found = new TreeSet<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          found.add(Nsid.parse(rows.getString(1)));
        }
      }
      return found;
    }
  }

  @Override
  public String page(int most) {
    return page.formatted(most);
  }

  @Override
  public List<HeldRecord> page(
      Connection connection, Did did, Nsid collection, @Nullable RecordKey after, int most)
      throws SQLException {
    List<HeldRecord> page = HeldSql.super.page(connection, did, collection, after, most);
    // A join need not keep the order, though this one does. To see that costs next to nothing here;
    // the server would take a third of its time to sort what is sorted.
    page.sort(Comparator.comparing(HeldRecord::rkey));
    return page;
  }
}
