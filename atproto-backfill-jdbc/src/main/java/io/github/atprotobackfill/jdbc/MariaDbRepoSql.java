package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.progress.ClaimFor;
import io.github.atprotobackfill.progress.Lease;
import io.github.atprotobackfill.progress.QueuedRepo;
import io.github.atprotobackfill.progress.RepoState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The repo table of MariaDB and MySQL. Rows are looked at under a lock, and written then, many a
 * statement; so nothing depends on whether a driver counts rows that were left as they are, or
 * sends batches at once.
 */
final class MariaDbRepoSql implements RepoSql {

  private final String insert;
  private final String insertRow;
  final String pick;
  final String take;
  final String look;
  private final String change;
  private final String changeRow;

  /** What a change may leave as it is. */
  private record Leased(
      long fence,
      String pds,
      int attempts,
      @Nullable String worker,
      @Nullable String position,
      @Nullable String rev,
      @Nullable String errorKind,
      @Nullable String errorMessage) {}

  MariaDbRepoSql(Tables tables, String now) {
    String repo = tables.repo();
    // What else it would ignore cannot be: nothing that is given here is too long, or missing.
    insert =
        "INSERT IGNORE INTO %s (job_id, did, pds, state, available_at, rev) VALUES "
            .formatted(repo);
    insertRow = "(?, ?, ?, 'queued', %s - %d, ?)".formatted(now, HEAD_START_MILLIS);
    // The index is named, for any other way would lock rows that are not taken.
    pick =
        """
        SELECT did, fence, pds, rev, attempts, position FROM %1$s FORCE INDEX (%1$s_available)
        WHERE job_id = ? AND pds = ? AND available_at BETWEEN 0 AND %2$s
        ORDER BY job_id, pds, available_at LIMIT ? FOR UPDATE SKIP LOCKED
        """
            .formatted(repo, now);
    take =
        """
        UPDATE %s FORCE INDEX (PRIMARY)
        SET state = 'leased', fence = fence + 1, worker = ?, available_at = %s + ?
        WHERE job_id = ? AND did IN (%%s)
        """
            .formatted(repo, now);
    look =
        """
        SELECT did, fence, pds, attempts, worker, position, rev, error_kind, error_message
        FROM %s FORCE INDEX (PRIMARY) WHERE job_id = ? AND did IN (%%s) AND state = 'leased'
        FOR UPDATE
        """
            .formatted(repo);
    change =
        """
        INSERT INTO %s (job_id, did, fence, state, pds, attempts, worker, available_at, position,
          rev, reason, error_kind, error_message)
        VALUES %%s
        ON DUPLICATE KEY UPDATE state = VALUES(state), pds = VALUES(pds),
          attempts = VALUES(attempts), worker = VALUES(worker),
          available_at = VALUES(available_at), position = VALUES(position), rev = VALUES(rev),
          reason = VALUES(reason), error_kind = VALUES(error_kind),
          error_message = VALUES(error_message)
        """
            .formatted(repo);
    changeRow = "(?, ?, ?, ?, ?, ?, ?, %s + ?, ?, ?, ?, ?, ?)".formatted(now);
  }

  @Override
  public int insert(Connection connection, UUID job, Collection<QueuedRepo> repos)
      throws SQLException {
    String sql = insert + InsertSql.repeated(insertRow, repos.size());
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      int index = 0;
      for (QueuedRepo repo : repos) {
        statement.setString(++index, job.toString());
        statement.setString(++index, repo.did().toString());
        statement.setString(++index, RepoChange.stored(repo.pds()));
        statement.setString(++index, repo.rev() == null ? null : repo.rev().toString());
      }
      return statement.executeUpdate();
    }
  }

  @Override
  public List<Lease> claim(
      Connection connection, UUID job, String worker, List<ClaimFor> wanted, Duration lasts)
      throws SQLException {
    List<Lease> leases = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(pick)) {
      for (ClaimFor host : wanted) {
        leases.addAll(pick(statement, job, host, lasts));
      }
    }
    for (List<Lease> part : InsertSql.parts(leases)) {
      take(connection, job, part, worker);
    }
    return leases;
  }

  private static List<Lease> pick(
      PreparedStatement statement, UUID job, ClaimFor host, Duration lasts) throws SQLException {
    statement.setString(1, job.toString());
    statement.setString(2, RepoChange.stored(host.pds()));
    statement.setInt(3, host.most());
    List<Lease> picked = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        picked.add(RepoRows.lease(rows, job, rows.getLong("fence") + 1, lasts));
      }
    }
    return picked;
  }

  private void take(Connection connection, UUID job, List<Lease> picked, String worker)
      throws SQLException {
    String sql = take.formatted(InsertSql.parameters(picked.size()));
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, worker);
      statement.setLong(2, RepoChange.millis(picked.get(0).lasts()));
      statement.setString(3, job.toString());
      int index = 3;
      for (Lease lease : picked) {
        statement.setString(++index, lease.did().toString());
      }
      statement.executeUpdate();
    }
  }

  @Override
  public Set<String> change(Connection connection, UUID job, List<RepoChange> changes)
      throws SQLException {
    Set<String> lost = new HashSet<>();
    for (List<RepoChange> part : InsertSql.parts(changes)) {
      Map<String, Leased> leased = look(connection, job, part);
      List<RepoChange> fitting = new ArrayList<>();
      for (RepoChange change : part) {
        Leased row = leased.get(change.did());
        if (row != null && row.fence() == change.fence()) {
          fitting.add(change);
        } else {
          lost.add(change.did());
        }
      }
      if (!fitting.isEmpty()) {
        change(connection, job, fitting, leased);
      }
    }
    return lost;
  }

  /** Locks those that are leased, and tells how they stand. */
  private Map<String, Leased> look(Connection connection, UUID job, List<RepoChange> changes)
      throws SQLException {
    String sql = look.formatted(InsertSql.parameters(changes.size()));
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, job.toString());
      int index = 1;
      for (RepoChange change : changes) {
        statement.setString(++index, change.did());
      }
      Map<String, Leased> leased = new HashMap<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          leased.put(
              rows.getString("did"),
              new Leased(
                  rows.getLong("fence"),
                  rows.getString("pds"),
                  rows.getInt("attempts"),
                  rows.getString("worker"),
                  rows.getString("position"),
                  rows.getString("rev"),
                  rows.getString("error_kind"),
                  rows.getString("error_message")));
        }
      }
      return leased;
    }
  }

  private void change(
      Connection connection, UUID job, List<RepoChange> changes, Map<String, Leased> leased)
      throws SQLException {
    String sql = change.formatted(InsertSql.repeated(changeRow, changes.size()));
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      int index = 0;
      for (RepoChange change : changes) {
        Leased before = Objects.requireNonNull(leased.get(change.did()));
        boolean stays = change.state() == RepoState.LEASED;
        statement.setString(++index, job.toString());
        statement.setString(++index, change.did());
        statement.setLong(++index, change.fence());
        statement.setString(++index, change.state().code());
        statement.setString(++index, otherwise(change.pds(), before.pds()));
        statement.setInt(++index, before.attempts() + change.charge());
        statement.setString(++index, stays ? before.worker() : null);
        change.setWait(statement, ++index);
        statement.setString(++index, change.keepPosition() ? before.position() : change.position());
        statement.setString(++index, otherwise(change.rev(), before.rev()));
        statement.setString(++index, change.reason());
        statement.setString(++index, otherwise(change.errorKind(), before.errorKind()));
        statement.setString(++index, otherwise(change.errorMessage(), before.errorMessage()));
      }
      statement.executeUpdate();
    }
  }

  private static @Nullable String otherwise(@Nullable String given, @Nullable String before) {
    return given == null ? before : given;
  }
}
