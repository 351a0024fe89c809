package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.progress.JobCounts;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * What jobs counted, each in several rows. Counts are added in the transaction that stores what
 * they count, and a row that it changed is its own until it is durable: with one row a job, all
 * writers of all processes would wait for one another's commits. So each thread adds to a row that
 * hardly another one adds to.
 */
final class JobCountRows {

  /** Enough that a few dozen writers seldom meet, and few enough to be summed in no time. */
  private static final int SLOTS = 64;

  private static final List<String> NUMBERS =
      List.of("requests", "bytes", "seen", "written", "unchanged", "deleted", "rejected");

  private final Dialect dialect;
  private final Tables tables;
  private final Upsert add;
  private final long firstSlot = new Random().nextInt(SLOTS);

  JobCountRows(Dialect dialect, Tables tables) {
    this.dialect = dialect;
    this.tables = tables;
    List<String> columns = new ArrayList<>(List.of("job_id", "slot"));
    columns.addAll(NUMBERS);
    this.add = Upsert.into(tables.jobCount(), List.of("job_id", "slot"), columns);
    NUMBERS.forEach(number -> add.replace(number, "cur." + number + " + new." + number));
  }

  /** Adds the numbers of {@code change}, not its errors, to those of a job. */
  void add(Connection connection, UUID job, JobCounts change) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(dialect.upsert(add))) {
      statement.setObject(1, dialect.key(job));
      statement.setLong(2, Math.floorMod(firstSlot + Thread.currentThread().getId(), SLOTS));
      statement.setLong(3, change.requests());
      statement.setLong(4, change.bytes());
      statement.setLong(5, change.seen());
      statement.setLong(6, change.written());
      statement.setLong(7, change.unchanged());
      statement.setLong(8, change.deleted());
      statement.setLong(9, change.rejected());
      statement.executeUpdate();
    }
  }

  /** The sums of the jobs that {@code jobs} selects, as {@code job_id} and {@code counted_…}. */
  String sums(String jobs) {
    String sums =
        NUMBERS.stream()
            .map(number -> "sum(c.%s) AS counted_%s".formatted(number, number))
            .collect(Collectors.joining(", "));
    return "SELECT c.job_id, %s FROM %s c JOIN (%s) k ON k.id = c.job_id GROUP BY c.job_id"
        .formatted(sums, tables.jobCount(), jobs);
  }
}
