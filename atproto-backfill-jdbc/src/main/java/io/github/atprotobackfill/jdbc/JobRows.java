package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.progress.DiscoveryState;
import io.github.atprotobackfill.progress.Job;
import io.github.atprotobackfill.progress.JobCounts;
import io.github.atprotobackfill.progress.JobSpec;
import io.github.atprotobackfill.progress.JobState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Rows of the job tables as values. */
final class JobRows {

  private JobRows() {}

  /** Jobs, from rows of each job with each of its errors, a job's rows together. */
  static List<Job> jobs(ResultSet rows) throws SQLException {
    List<Job> jobs = new ArrayList<>();
    boolean more = rows.next();
    while (more) {
      Job bare = job(rows);
      Map<ErrorKind, Long> errors = new EnumMap<>(ErrorKind.class);
      do {
        String kind = rows.getString("kind");
        if (kind != null) {
          errors.merge(ErrorKind.ofCode(kind), rows.getLong("occurred"), Long::sum);
        }
        more = rows.next();
      } while (more && bare.id().equals(UUID.fromString(rows.getString("id"))));
      jobs.add(withErrors(bare, errors));
    }
    return jobs;
  }

  private static Job job(ResultSet row) throws SQLException {
    return new Job(
        UUID.fromString(row.getString("id")),
        new JobSpec(row.getString("type"), row.getString("body")),
        JobState.ofCode(row.getString("state")),
        row.getString("reason"),
        Instant.ofEpochMilli(row.getLong("created_at")),
        instant(row, "started_at"),
        instant(row, "ended_at"),
        new JobCounts(
            row.getLong("requests") + row.getLong("counted_requests"),
            row.getLong("bytes") + row.getLong("counted_bytes"),
            row.getLong("seen") + row.getLong("counted_seen"),
            row.getLong("written") + row.getLong("counted_written"),
            row.getLong("unchanged") + row.getLong("counted_unchanged"),
            row.getLong("deleted") + row.getLong("counted_deleted"),
            row.getLong("rejected") + row.getLong("counted_rejected"),
            Map.of()));
  }

  private static Job withErrors(Job job, Map<ErrorKind, Long> errors) {
    JobCounts onlyErrors = new JobCounts(0, 0, 0, 0, 0, 0, 0, errors);
    return new Job(
        job.id(),
        job.spec(),
        job.state(),
        job.reason(),
        job.createdAt(),
        job.startedAt(),
        job.endedAt(),
        job.counts().plus(onlyErrors));
  }

  static DiscoveryState discovery(ResultSet row) throws SQLException {
    return new DiscoveryState(
        row.getString("source"),
        StoredText.decode(row.getString("next_cursor")),
        row.getBoolean("done"),
        row.getLong("discovered"),
        row.getLong("queued"),
        RepoRows.failure(row.getString("error_kind"), row.getString("error_message")));
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    long millis = row.getLong(column);
    return row.wasNull() ? null : Instant.ofEpochMilli(millis);
  }
}
