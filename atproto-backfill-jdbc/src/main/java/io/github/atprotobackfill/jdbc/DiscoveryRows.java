package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.progress.DiscoveryState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** How far the sources of jobs were listed, and which process lists those of which job. */
final class DiscoveryRows {

  private final Dialect dialect;
  private final String save;
  private final String states;
  private final String hold;
  private final String holdFirst;
  private final String giveUp;

  DiscoveryRows(Dialect dialect, Tables tables) {
    this.dialect = dialect;
    this.save =
        dialect.upsert(
            Upsert.into(
                tables.jobSource(),
                List.of("job_id", "source"),
                List.of(
                    "job_id",
                    "source",
                    "next_cursor",
                    "done",
                    "discovered",
                    "queued",
                    "error_kind",
                    "error_message")));
    this.states =
        """
        SELECT source, next_cursor, done, discovered, queued, error_kind, error_message FROM %s
        WHERE job_id = ? ORDER BY source
        """
            .formatted(tables.jobSource());
    this.hold =
        """
        UPDATE %1$s SET worker = ?, held_until = %2$s + ?
        WHERE job_id = ? AND (worker = ? OR held_until <= %2$s)
        """
            .formatted(tables.jobDiscovery(), dialect.now());
    this.holdFirst =
        dialect.insertIfAbsent(tables.jobDiscovery(), "job_id", "job_id", "worker", "held_until");
    this.giveUp = "DELETE FROM %s WHERE job_id = ? AND worker = ?".formatted(tables.jobDiscovery());
  }

  void save(Connection connection, UUID id, DiscoveryState state) throws SQLException {
    Failure failure = state.failure();
    try (PreparedStatement statement = connection.prepareStatement(save)) {
      statement.setObject(1, dialect.key(id));
      statement.setString(2, state.source());
      statement.setString(3, StoredText.encode(state.cursor()));
      statement.setBoolean(4, state.done());
      statement.setLong(5, state.discovered());
      statement.setLong(6, state.queued());
      statement.setString(7, failure == null ? null : failure.kind().code());
      statement.setString(8, failure == null ? null : failure.message());
      statement.executeUpdate();
    }
  }

  List<DiscoveryState> states(Connection connection, UUID id) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(states)) {
      statement.setObject(1, dialect.key(id));
      List<DiscoveryState> found = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          found.add(JobRows.discovery(rows));
        }
      }
      return found;
    }
  }

  /** Holds on to the listing, or takes it over where its time is over; not where nobody had it. */
  boolean hold(Connection connection, UUID id, String worker, Duration lasts) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(hold)) {
      statement.setString(1, worker);
      statement.setLong(2, lasts.toMillis());
      statement.setObject(3, dialect.key(id));
      statement.setString(4, worker);
      return statement.executeUpdate() == 1;
    }
  }

  /** Takes the listing that nobody has. */
  boolean holdFirst(Connection connection, UUID id, String worker, long now, Duration lasts)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(holdFirst)) {
      statement.setObject(1, dialect.key(id));
      statement.setString(2, worker);
      statement.setLong(3, now + lasts.toMillis());
      return statement.executeUpdate() == 1;
    }
  }

  void giveUp(Connection connection, UUID id, String worker) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(giveUp)) {
      statement.setObject(1, dialect.key(id));
      statement.setString(2, worker);
      statement.executeUpdate();
    }
  }
}
