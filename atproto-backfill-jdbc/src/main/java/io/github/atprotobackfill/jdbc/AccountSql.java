package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.sink.AccountEvent;
import io.github.atprotobackfill.sink.HeldRecord;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The statements on the account table, and what they entail for records. */
final class AccountSql {

  /** Records that one statement removes at most. */
  static final int MAX_ROWS = 5000;

  private final HeldSql held;
  private final String note;
  private final String noted;
  private final String remove;

  AccountSql(Tables tables, Dialect dialect) {
    held = dialect.heldSql(tables);
    note =
        dialect.upsert(
            Upsert.into(
                    tables.account(),
                    List.of("did"),
                    List.of("did", "active", "status", "noted_at"))
                .when("cur.noted_at <= new.noted_at"));
    noted = "SELECT 1 FROM %s WHERE did = ? AND noted_at <= ?".formatted(tables.account());
    remove =
        "DELETE FROM %s WHERE did = ? AND collection = ? AND rkey > ? AND rkey <= ?"
            .formatted(tables.record());
  }

  /** Notes how an account stands; false where something later is noted. */
  boolean note(Connection connection, AccountEvent event) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(note)) {
      statement.setString(1, event.did().toString());
      statement.setBoolean(2, event.active());
      statement.setString(3, StoredText.readable(event.status()));
      statement.setLong(4, event.at().toEpochMilli());
      statement.executeUpdate();
    }
    return isNoted(connection, event);
  }

  /** Asked, since drivers differ in whether they count a row that was left as it is. */
  private boolean isNoted(Connection connection, AccountEvent event) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(noted)) {
      statement.setString(1, event.did().toString());
      statement.setLong(2, event.at().toEpochMilli());
      try (ResultSet row = statement.executeQuery()) {
        return row.next();
      }
    }
  }

  /**
   * Removes the first records of a collection after a key; returns the last key of these, or
   * nothing where there were none.
   */
  Optional<RecordKey> remove(
      Connection connection, Did did, Nsid collection, @Nullable RecordKey after)
      throws SQLException {
    List<HeldRecord> page = held.page(connection, did, collection, after, MAX_ROWS);
    if (page.isEmpty()) {
      return Optional.empty();
    }
    RecordKey last = page.get(page.size() - 1).rkey();
    try (PreparedStatement statement = connection.prepareStatement(remove)) {
      statement.setString(1, did.toString());
      statement.setString(2, collection.toString());
      statement.setString(3, after == null ? "" : after.toString());
      statement.setString(4, last.toString());
      statement.executeUpdate();
    }
    return Optional.of(last);
  }
}
