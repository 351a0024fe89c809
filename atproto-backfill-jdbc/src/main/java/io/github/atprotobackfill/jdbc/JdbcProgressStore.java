package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.progress.DiscoveryState;
import io.github.atprotobackfill.progress.Job;
import io.github.atprotobackfill.progress.JobCounts;
import io.github.atprotobackfill.progress.JobSpec;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.progress.ProgressStore;
import io.github.atprotobackfill.progress.StoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Jobs, their sources and their counts, a table each. */
final class JdbcProgressStore implements ProgressStore {

  private final Transactions transactions;
  private final Dialect dialect;
  private final Tables tables;
  private final DiscoveryRows discovery;
  private final JobCountRows counts;
  private final String now;

  JdbcProgressStore(Transactions transactions, Dialect dialect, Tables tables) {
    this.transactions = transactions;
    this.dialect = dialect;
    this.tables = tables;
    this.discovery = new DiscoveryRows(dialect, tables);
    this.counts = new JobCountRows(dialect, tables);
    this.now = dialect.now();
  }

  @Override
  public Job open(JobSpec spec) {
    String key = spec.digest();
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

  @Override
  public boolean restore(Job job) {
    String key = job.state().terminal() ? null : job.spec().digest();
    return transactions.write(
        "restore a job",
        connection -> {
          if (key != null && !select(connection, "WHERE open_key = ?", key).isEmpty()) {
            return exists(connection, job.id());
          }
          if (insert(connection, job, key)) {
            for (Map.Entry<ErrorKind, Long> error : job.counts().errors().entrySet()) {
              addError(connection, job.id(), error.getKey(), error.getValue());
            }
          }
          return exists(connection, job.id());
        });
  }

  private boolean insert(Connection connection, Job job, @Nullable String openKey)
      throws SQLException {
    String insert =
        dialect.insertIfAbsent(
            tables.job(),
            "id",
            "id",
            "open_key",
            "type",
            "body",
            "state",
            "reason",
            "created_at",
            "started_at",
            "ended_at",
            "requests",
            "bytes",
            "seen",
            "written",
            "unchanged",
            "deleted",
            "rejected");
    JobCounts counts = job.counts();
    try (PreparedStatement statement = connection.prepareStatement(insert)) {
      statement.setObject(1, dialect.key(job.id()));
      statement.setString(2, openKey);
      statement.setString(3, job.spec().type());
      statement.setString(4, job.spec().body());
      statement.setString(5, job.state().code());
      statement.setString(6, StoredText.readable(job.reason()));
      statement.setLong(7, job.createdAt().toEpochMilli());
      setInstant(statement, 8, job.startedAt());
      setInstant(statement, 9, job.endedAt());
      statement.setLong(10, counts.requests());
      statement.setLong(11, counts.bytes());
      statement.setLong(12, counts.seen());
      statement.setLong(13, counts.written());
      statement.setLong(14, counts.unchanged());
      statement.setLong(15, counts.deleted());
      statement.setLong(16, counts.rejected());
      return statement.executeUpdate() == 1;
    }
  }

  private static void setInstant(PreparedStatement statement, int index, @Nullable Instant instant)
      throws SQLException {
    if (instant == null) {
      statement.setNull(index, Types.BIGINT);
    } else {
      statement.setLong(index, instant.toEpochMilli());
    }
  }

  private boolean exists(Connection connection, UUID id) throws SQLException {
    return !select(connection, "WHERE id = ?", dialect.key(id)).isEmpty();
  }

  private long now(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("SELECT " + now);
        ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getLong(1);
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
    String jobs = "SELECT * FROM %s %s".formatted(tables.job(), which);
    String select =
        """
        SELECT j.*, n.*, e.kind, e.occurred
        FROM (%s) j LEFT JOIN (%s) n ON n.job_id = j.id LEFT JOIN %s e ON e.job_id = j.id
        ORDER BY j.seq DESC
        """
            .formatted(jobs, counts.sums(jobs), tables.jobError());
    try (PreparedStatement statement = connection.prepareStatement(select)) {
      statement.setObject(1, parameter);
      statement.setObject(2, parameter);
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
    transactions.write(
        "save how far a source was listed",
        connection -> {
          requireJob(connection, id);
          discovery.save(connection, id, state);
          return state;
        });
  }

  private void requireJob(Connection connection, UUID id) throws SQLException {
    String select = "SELECT 1 FROM %s WHERE id = ?".formatted(tables.job());
    try (PreparedStatement statement = connection.prepareStatement(select)) {
      statement.setObject(1, dialect.key(id));
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          throw noSuchJob(id);
        }
      }
    }
  }

  @Override
  public List<DiscoveryState> discovery(UUID id) {
    return transactions.read(
        "read how far sources were listed", connection -> discovery.states(connection, id));
  }

  @Override
  public boolean holdDiscovery(UUID id, String worker, Duration lasts) {
    return transactions.write(
        "hold the listing of a job's sources",
        connection -> {
          if (lasts.isZero()) {
            discovery.giveUp(connection, id, worker);
            return false;
          }
          return discovery.hold(connection, id, worker, lasts)
              || (exists(connection, id)
                  && discovery.holdFirst(connection, id, worker, now(connection), lasts));
        });
  }

  @Override
  public void addCounts(UUID id, JobCounts change) {
    transactions.write(
        "add to a job's counts",
        connection -> {
          requireJob(connection, id);
          counts.add(connection, id, change);
          // In one order, so that no two wait for each other.
          for (Map.Entry<ErrorKind, Long> error : new TreeMap<>(change.errors()).entrySet()) {
            addError(connection, id, error.getKey(), error.getValue());
          }
          return change;
        });
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
  public List<UUID> purge(Duration age) {
    List<String> ofJobs =
        List.of(
            tables.repo(),
            tables.jobHost(),
            tables.jobSource(),
            tables.jobError(),
            tables.jobCount(),
            tables.jobDiscovery());
    return transactions.write(
        "purge jobs",
        connection -> {
          List<UUID> jobs = endedBefore(connection, now(connection) - age.toMillis());
          for (String table : ofJobs) {
            delete(connection, table, "job_id", jobs);
          }
          delete(connection, tables.job(), "id", jobs);
          return jobs;
        });
  }

  private List<UUID> endedBefore(Connection connection, long before) throws SQLException {
    String select = "SELECT id FROM %s WHERE ended_at < ?".formatted(tables.job());
    try (PreparedStatement statement = connection.prepareStatement(select)) {
      statement.setLong(1, before);
      List<UUID> jobs = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          jobs.add(UUID.fromString(rows.getString(1)));
        }
      }
      return jobs;
    }
  }

  /** Job by job: asked which those are, MariaDB would look through the repos of all jobs. */
  private void delete(Connection connection, String table, String column, List<UUID> jobs)
      throws SQLException {
    String delete = "DELETE FROM %s WHERE %s = ?".formatted(table, column);
    try (PreparedStatement statement = connection.prepareStatement(delete)) {
      for (UUID job : jobs) {
        statement.setObject(1, dialect.key(job));
        statement.executeUpdate();
      }
    }
  }

  private static StoreException noSuchJob(UUID id) {
    return new StoreException("there is no job " + id, null);
  }
}
