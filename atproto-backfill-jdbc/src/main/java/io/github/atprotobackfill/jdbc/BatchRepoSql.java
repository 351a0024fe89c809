package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.progress.ClaimFor;
import io.github.atprotobackfill.progress.Lease;
import io.github.atprotobackfill.progress.QueuedRepo;
import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.xrpc.ServiceUrl;
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
import org.jspecify.annotations.Nullable;

/**
 * The repo table of databases without arrays: batches of one-row statements. A claim looks first
 * and takes then, row by row, what nobody else took in between; so no row is locked that is not
 * taken, and no database is asked for locks that it would rather take on the whole queue (H2 does).
 */
final class BatchRepoSql implements RepoSql {

  /** How often a claim looks again when others were faster. */
  private static final int LOOKS = 10;

  private final Dialect dialect;
  private final String clock;
  private final String insert;
  final String pick;
  private final String take;
  private final String change;

  BatchRepoSql(Tables tables, Dialect dialect) {
    this.dialect = dialect;
    String repo = tables.repo();
    String now = dialect.now();
    clock = "SELECT " + now;
    insert =
        dialect.insertIfAbsent(
            repo, "job_id, did", "job_id", "did", "pds", "state", "available_at", "rev");
    // All columns of the index are named in the order, or else H2 sorts the whole queue.
    pick =
        """
        SELECT did, fence, pds, rev, attempts, position FROM %s
        WHERE job_id = ? AND pds = ? AND available_at BETWEEN 0 AND %s
        ORDER BY job_id, pds, available_at LIMIT ?
        """
            .formatted(repo, now);
    take =
        """
        UPDATE %1$s SET state = 'leased', fence = ?, worker = ?, available_at = %2$s + ?
        WHERE job_id = ? AND did = ? AND fence = ? AND available_at <= %2$s
        """
            .formatted(repo, now);
    change =
        """
        UPDATE %s SET
          state = ?,
          pds = coalesce(?, pds),
          attempts = attempts + ?,
          worker = CASE WHEN ? THEN worker END,
          available_at = %s + ?,
          position = CASE WHEN ? THEN position ELSE ? END,
          rev = coalesce(?, rev),
          reason = ?,
          error_kind = coalesce(?, error_kind),
          error_message = coalesce(?, error_message)
        WHERE job_id = ? AND did = ? AND fence = ? AND state = 'leased'
        """
            .formatted(repo, now);
  }

  @Override
  public int insert(Connection connection, UUID job, Collection<QueuedRepo> repos)
      throws SQLException {
    long queuedAt = now(connection) - HEAD_START_MILLIS;
    try (PreparedStatement statement = connection.prepareStatement(insert)) {
      for (QueuedRepo repo : repos) {
        statement.setObject(1, dialect.key(job));
        statement.setString(2, repo.did().toString());
        statement.setString(3, RepoChange.stored(repo.pds()));
        statement.setString(4, RepoState.QUEUED.code());
        statement.setLong(5, queuedAt);
        statement.setString(6, repo.rev() == null ? null : repo.rev().toString());
        statement.addBatch();
      }
      int inserted = 0;
      for (int count : statement.executeBatch()) {
        inserted += count;
      }
      return inserted;
    }
  }

  @Override
  public List<Lease> claim(
      Connection connection, UUID job, String worker, List<ClaimFor> wanted, Duration lasts)
      throws SQLException {
    List<Lease> leases = new ArrayList<>();
    try (PreparedStatement picking = connection.prepareStatement(pick);
        PreparedStatement taking = connection.prepareStatement(take)) {
      for (ClaimFor host : wanted) {
        int left = host.most();
        for (int looks = 0; looks < LOOKS && left > 0; looks++) {
          List<Lease> picked = pick(picking, job, host.pds(), left, lasts);
          List<Lease> taken = take(taking, picked, worker);
          leases.addAll(taken);
          // Where others took some of these, there may be more behind.
          left = taken.size() < picked.size() ? left - taken.size() : 0;
        }
      }
    }
    return leases;
  }

  private List<Lease> pick(
      PreparedStatement statement, UUID job, @Nullable ServiceUrl pds, int most, Duration lasts)
      throws SQLException {
    statement.setObject(1, dialect.key(job));
    statement.setString(2, RepoChange.stored(pds));
    statement.setInt(3, most);
    List<Lease> picked = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        picked.add(RepoRows.lease(rows, job, rows.getLong("fence") + 1, lasts));
      }
    }
    return picked;
  }

  private List<Lease> take(PreparedStatement statement, List<Lease> picked, String worker)
      throws SQLException {
    for (Lease lease : picked) {
      statement.setLong(1, lease.fence());
      statement.setString(2, worker);
      statement.setLong(3, RepoChange.millis(lease.lasts()));
      statement.setObject(4, dialect.key(lease.job()));
      statement.setString(5, lease.did().toString());
      statement.setLong(6, lease.fence() - 1);
      statement.addBatch();
    }
    int[] counts = statement.executeBatch();
    List<Lease> taken = new ArrayList<>();
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] == 1) {
        taken.add(picked.get(i));
      }
    }
    return taken;
  }

  @Override
  public Set<String> change(Connection connection, UUID job, List<RepoChange> changes)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(change)) {
      for (RepoChange change : changes) {
        statement.setString(1, change.state().code());
        statement.setString(2, change.pds());
        statement.setInt(3, change.charge());
        statement.setBoolean(4, change.state() == RepoState.LEASED);
        change.setWait(statement, 5);
        statement.setBoolean(6, change.keepPosition());
        statement.setString(7, change.position());
        statement.setString(8, change.rev());
        statement.setString(9, change.reason());
        statement.setString(10, change.errorKind());
        statement.setString(11, change.errorMessage());
        statement.setObject(12, dialect.key(job));
        statement.setString(13, change.did());
        statement.setLong(14, change.fence());
        statement.addBatch();
      }
      int[] counts = statement.executeBatch();
      Set<String> lost = new HashSet<>();
      for (int i = 0; i < counts.length; i++) {
        if (counts[i] == 0) {
          lost.add(changes.get(i).did());
        }
      }
      return lost;
    }
  }

  private long now(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(clock);
        ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }
}
