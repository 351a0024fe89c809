package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.progress.ClaimFor;
import io.github.atprotobackfill.progress.Lease;
import io.github.atprotobackfill.progress.QueuedRepo;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/** The repo table of PostgreSQL: one statement a call, whatever the number of hosts or repos. */
final class PostgresRepoSql implements RepoSql {

  private final String insert;
  final String claim;
  private final String change;

  PostgresRepoSql(Tables tables, String now) {
    insert =
        """
        INSERT INTO %s (job_id, did, pds, state, available_at, rev)
        SELECT ?, n.did, n.pds, 'queued', %s - %d, n.rev
        FROM unnest(?::text[], ?::text[], ?::text[]) AS n(did, pds, rev)
        ON CONFLICT (job_id, did) DO NOTHING
        """
            .formatted(tables.repo(), now, HEAD_START_MILLIS);
    // The array keeps the planner from joining: however wrong its guess of how many are picked,
    // the update looks each of them up by the key.
    claim =
        """
        WITH picked AS MATERIALIZED (
          SELECT c.did, c.available_at
          FROM unnest(?::text[], ?::int[]) AS w(pds, most)
          CROSS JOIN LATERAL (
            SELECT q.did, q.available_at FROM %1$s q
            WHERE q.job_id = ? AND q.pds = w.pds AND q.available_at BETWEEN 0 AND %2$s
            ORDER BY q.available_at LIMIT w.most
            FOR UPDATE SKIP LOCKED) c
        ), claimed AS (
          UPDATE %1$s SET state = 'leased', fence = fence + 1, worker = ?,
            available_at = %2$s + ?
          WHERE job_id = ? AND did = ANY (ARRAY(SELECT did FROM picked))
          RETURNING did, fence, pds, rev, attempts, position
        )
        SELECT claimed.* FROM claimed JOIN picked USING (did) ORDER BY picked.available_at, did
        """
            .formatted(tables.repo(), now);
    // Here, too, the array makes it look each row up, rather than walk through the whole job.
    change =
        """
        UPDATE %s r SET
          state = c.state,
          pds = coalesce(c.pds, r.pds),
          attempts = r.attempts + c.charge,
          worker = CASE WHEN c.state = 'leased' THEN r.worker END,
          available_at = %s + c.wait,
          position = CASE WHEN c.keep THEN r.position ELSE c.position END,
          rev = coalesce(c.rev, r.rev),
          reason = c.reason,
          error_kind = coalesce(c.error_kind, r.error_kind),
          error_message = coalesce(c.error_message, r.error_message)
        FROM unnest(?::text[], ?::bigint[], ?::text[], ?::text[], ?::int[], ?::boolean[], ?::text[],
            ?::bigint[], ?::text[], ?::text[], ?::text[], ?::text[])
          AS c(did, fence, state, pds, charge, keep, position, wait, rev, reason, error_kind,
            error_message)
        WHERE r.job_id = ? AND r.did = ANY (?::text[]) AND r.did = c.did AND r.fence = c.fence
          AND r.state = 'leased'
        RETURNING r.did
        """
            .formatted(tables.repo(), now);
  }

  @Override
  public int insert(Connection connection, UUID job, Collection<QueuedRepo> repos)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(insert)) {
      statement.setObject(1, job);
      TextArray.set(statement, 2, repos, repo -> repo.did().toString());
      TextArray.set(statement, 3, repos, repo -> RepoChange.stored(repo.pds()));
      TextArray.set(statement, 4, repos, repo -> repo.rev() == null ? null : repo.rev().toString());
      return statement.executeUpdate();
    }
  }

  @Override
  public List<Lease> claim(
      Connection connection, UUID job, String worker, List<ClaimFor> wanted, Duration lasts)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(claim)) {
      TextArray.set(statement, 1, wanted, host -> RepoChange.stored(host.pds()));
      array(statement, 2, "int4", wanted, ClaimFor::most);
      statement.setObject(3, job);
      statement.setString(4, worker);
      statement.setLong(5, RepoChange.millis(lasts));
      statement.setObject(6, job);
      List<Lease> leases = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          leases.add(RepoRows.lease(rows, job, rows.getLong("fence"), lasts));
        }
      }
      return leases;
    }
  }

  @Override
  public Set<String> change(Connection connection, UUID job, List<RepoChange> changes)
      throws SQLException {
    Set<String> lost = new HashSet<>();
    changes.forEach(change -> lost.add(change.did()));
    try (PreparedStatement statement = connection.prepareStatement(change)) {
      TextArray.set(statement, 1, changes, RepoChange::did);
      array(statement, 2, "int8", changes, RepoChange::fence);
      TextArray.set(statement, 3, changes, change -> change.state().code());
      TextArray.set(statement, 4, changes, RepoChange::pds);
      array(statement, 5, "int4", changes, RepoChange::charge);
      array(statement, 6, "bool", changes, RepoChange::keepPosition);
      TextArray.set(statement, 7, changes, RepoChange::position);
      array(statement, 8, "int8", changes, RepoChange::waitMillis);
      TextArray.set(statement, 9, changes, RepoChange::rev);
      TextArray.set(statement, 10, changes, RepoChange::reason);
      TextArray.set(statement, 11, changes, RepoChange::errorKind);
      TextArray.set(statement, 12, changes, RepoChange::errorMessage);
      statement.setObject(13, job);
      TextArray.set(statement, 14, changes, RepoChange::did);
      try (ResultSet changed = statement.executeQuery()) {
        while (changed.next()) {
          lost.remove(changed.getString(1));
        }
      }
    }
    return lost;
  }

  private static <R> void array(
      PreparedStatement statement,
      int index,
      String type,
      Collection<R> rows,
      Function<R, Object> column)
      throws SQLException {
    Object[] values = rows.stream().map(column).toArray();
    statement.setArray(index, statement.getConnection().createArrayOf(type, values));
  }
}
