package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.progress.DiscoveryState;
import io.github.atprotobackfill.progress.Job;
import io.github.atprotobackfill.progress.JobCounts;
import io.github.atprotobackfill.progress.JobSpec;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.progress.ProgressStore;
import io.github.atprotobackfill.progress.StoreException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Jobs, their sources and their counts, a table each. */
final class JdbcProgressStore implements ProgressStore {

  private final Transactions transactions;
  private final Dialect dialect;
  private final Tables tables;
  private final String now;

  JdbcProgressStore(Transactions transactions, Dialect dialect, Tables tables) {
    this.transactions = transactions;
    this.dialect = dialect;
    this.tables = tables;
    this.now = dialect.now();
  }

  @Override
  public Job open(JobSpec spec) {
    String key = openKey(spec);
    return transactions.write(
        "open a job",
        connection -> {
          // The unique key decides between several that open at once; the next look finds theirs.
          for (; ; ) {
            List<Job> open = select(connection, "WHERE open_key = ?", key);
            if (!open.isEmpty()) {
              return open.get(0);
            }
            insert(connection, spec, key);
          }
        });
  }

  private void insert(Connection connection, JobSpec spec, String key) throws SQLException {
    String insert =
        dialect.insertIfAbsent(
            tables.job(), "open_key", "open_key", "id", "type", "body", "state", "created_at");
    try (PreparedStatement statement = connection.prepareStatement(insert)) {
      statement.setString(1, key);
      statement.setObject(2, dialect.key(UUID.randomUUID()));
      statement.setString(3, spec.type());
      statement.setString(4, spec.body());
      statement.setString(5, JobState.PENDING.code());
      statement.setLong(6, now(connection));
      statement.executeUpdate();
    }
  }

  private long now(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("SELECT " + now);
        ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  /** A specification may be long, so a hash of it is what is unique. */
  private static String openKey(JobSpec spec) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update((spec.type().length() + ":" + spec.type()).getBytes(StandardCharsets.UTF_8));
      sha256.update(spec.body().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(sha256.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public Optional<Job> find(UUID id) {
    return transactions.read(
        "find a job",
        connection -> select(connection, "WHERE id = ?", dialect.key(id)).stream().findFirst());
  }

  @Override
  public List<Job> list(int most) {
    return transactions.read(
        "list jobs", connection -> select(connection, "ORDER BY seq DESC LIMIT ?", most));
  }

  private List<Job> select(Connection connection, String which, Object parameter)
      throws SQLException {
    String select =
        """
        SELECT j.*, e.kind, e.occurred
        FROM (SELECT * FROM %s %s) j LEFT JOIN %s e ON e.job_id = j.id
        ORDER BY j.seq DESC
        """
            .formatted(tables.job(), which, tables.jobError());
    try (PreparedStatement statement = connection.prepareStatement(select)) {
      statement.setObject(1, parameter);
      try (ResultSet rows = statement.executeQuery()) {
        return JobRows.jobs(rows);
      }
    }
  }

  @Override
  public boolean move(UUID id, JobState from, JobState to, @Nullable String reason) {
    if (!from.mayBecome(to)) {
      return false;
    }
    String started = to == JobState.RUNNING ? "coalesce(started_at, %s)".formatted(now) : null;
    String update =
        "UPDATE %s SET state = ?, reason = ?%s%s WHERE id = ? AND state = ?"
            .formatted(
                tables.job(),
                started == null ? "" : ", started_at = " + started,
                to.terminal() ? ", ended_at = %s, open_key = NULL".formatted(now) : "");
    return transactions.write(
        "move a job",
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(update)) {
            statement.setString(1, to.code());
            statement.setString(2, StoredText.readable(reason));
            statement.setObject(3, dialect.key(id));
            statement.setString(4, from.code());
            return statement.executeUpdate() == 1;
          }
        });
  }

  @Override
  public void saveDiscovery(UUID id, DiscoveryState state) {
    Upsert upsert =
        Upsert.into(
            tables.jobSource(),
            List.of("job_id", "source"),
            List.of(
                "job_id",
                "source",
                "next_cursor",
                "done",
                "discovered",
                "error_kind",
                "error_message"));
    Failure failure = state.failure();
    transactions.write(
        "save how far a source was listed",
        connection -> {
          requireJob(connection, id);
          try (PreparedStatement statement = connection.prepareStatement(dialect.upsert(upsert))) {
            statement.setObject(1, dialect.key(id));
            statement.setString(2, state.source());
            statement.setString(3, StoredText.encode(state.cursor()));
            statement.setBoolean(4, state.done());
            statement.setLong(5, state.discovered());
            statement.setString(6, failure == null ? null : failure.kind().code());
            statement.setString(7, failure == null ? null : failure.message());
            return statement.executeUpdate();
          }
        });
  }

  private void requireJob(Connection connection, UUID id) throws SQLException {
    if (select(connection, "WHERE id = ?", dialect.key(id)).isEmpty()) {
      throw noSuchJob(id);
    }
  }

  @Override
  public List<DiscoveryState> discovery(UUID id) {
    String select =
        """
        SELECT source, next_cursor, done, discovered, error_kind, error_message FROM %s
        WHERE job_id = ? ORDER BY source
        """
            .formatted(tables.jobSource());
    return transactions.read(
        "read how far sources were listed",
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(select)) {
            statement.setObject(1, dialect.key(id));
            List<DiscoveryState> states = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
              while (rows.next()) {
                states.add(JobRows.discovery(rows));
              }
            }
            return states;
          }
        });
  }

  @Override
  public void addCounts(UUID id, JobCounts change) {
    transactions.write(
        "add to a job's counts",
        connection -> {
          // First the job's row: whoever has it has those of its errors too.
          addNumbers(connection, id, change);
          for (Map.Entry<ErrorKind, Long> error : change.errors().entrySet()) {
            addError(connection, id, error.getKey(), error.getValue());
          }
          return change;
        });
  }

  private void addNumbers(Connection connection, UUID id, JobCounts change) throws SQLException {
    String update =
        """
        UPDATE %s SET requests = requests + ?, bytes = bytes + ?, seen = seen + ?,
          written = written + ?, unchanged = unchanged + ?, deleted = deleted + ?,
          rejected = rejected + ?
        WHERE id = ?
        """
            .formatted(tables.job());
    try (PreparedStatement statement = connection.prepareStatement(update)) {
      statement.setLong(1, change.requests());
      statement.setLong(2, change.bytes());
      statement.setLong(3, change.seen());
      statement.setLong(4, change.written());
      statement.setLong(5, change.unchanged());
      statement.setLong(6, change.deleted());
      statement.setLong(7, change.rejected());
      statement.setObject(8, dialect.key(id));
      if (statement.executeUpdate() == 0) {
        throw noSuchJob(id);
      }
    }
  }

  private void addError(Connection connection, UUID id, ErrorKind kind, long count)
      throws SQLException {
    Upsert upsert =
        Upsert.into(
                tables.jobError(), List.of("job_id", "kind"), List.of("job_id", "kind", "occurred"))
            .replace("occurred", "cur.occurred + new.occurred");
    try (PreparedStatement statement = connection.prepareStatement(dialect.upsert(upsert))) {
      statement.setObject(1, dialect.key(id));
      statement.setString(2, kind.code());
      statement.setLong(3, count);
      statement.executeUpdate();
    }
  }

  @Override
  public int purge(Instant instant) {
    String ended = "SELECT id FROM %s WHERE ended_at < ?".formatted(tables.job());
    return transactions.write(
        "purge jobs",
        connection -> {
          for (String table :
              List.of(tables.repo(), tables.jobHost(), tables.jobSource(), tables.jobError())) {
            delete(connection, table, "job_id IN (" + ended + ")", instant);
          }
          return delete(connection, tables.job(), "ended_at < ?", instant);
        });
  }

  private static int delete(Connection connection, String table, String which, Instant before)
      throws SQLException {
    String delete = "DELETE FROM %s WHERE %s".formatted(table, which);
    try (PreparedStatement statement = connection.prepareStatement(delete)) {
      statement.setLong(1, before.toEpochMilli());
      return statement.executeUpdate();
    }
  }

  private static StoreException noSuchJob(UUID id) {
    return new StoreException("there is no job " + id, null);
  }
}
