package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.sink.HeldRecord;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import io.github.atprotobackfill.syntax.Tid;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The questions that are asked of the record table, written for each kind of database. Each reads
 * ranges of the primary key, and no more of it than it answers with.
 */
interface HeldSql {

  /** Which of these repos have rows. */
  Set<Did> holding(Connection connection, Collection<Did> repos) throws SQLException;

  /** The collections of which a repo has rows; costs a look-up a collection, not a row. */
  NavigableSet<Nsid> collections(Connection connection, Did did) throws SQLException;

  /** The query for a page: {@code rkey, cid, rev} by did, collection and the key before. */
  String page(int most);

  /** At most {@code most} rows of a collection in the order of their keys, after {@code after}. */
  default List<HeldRecord> page(
      Connection connection, Did did, Nsid collection, @Nullable RecordKey after, int most)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(page(most))) {
      statement.setString(1, did.toString());
      statement.setString(2, collection.toString());
      // No key is empty, so all come after this one.
      statement.setString(3, after == null ? "" : after.toString());
      List<HeldRecord> page = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          page.add(
              new HeldRecord(
                  RecordKey.parse(rows.getString(1)),
                  Cid.parse(rows.getString(2)),
                  Tid.parse(rows.getString(3))));
        }
      }
      return page;
    }
  }
}
