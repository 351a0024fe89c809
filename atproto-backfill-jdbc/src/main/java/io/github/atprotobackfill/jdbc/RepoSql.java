package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.progress.ClaimFor;
import io.github.atprotobackfill.progress.Lease;
import io.github.atprotobackfill.progress.QueuedRepo;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** The statements on the repo table that are hot, and so written for each kind of database. */
interface RepoSql {

  /**
   * How much earlier repos count as queued, so that what fails in that millisecond is behind them.
   */
  long HEAD_START_MILLIS = 1;

  /** Inserts the repos the job does not have; returns how many. DIDs are distinct. */
  int insert(Connection connection, UUID job, Collection<QueuedRepo> repos) throws SQLException;

  /** Claims what may be claimed, the longest available first. */
  List<Lease> claim(
      Connection connection, UUID job, String worker, List<ClaimFor> wanted, Duration lasts)
      throws SQLException;

  /** Applies changes to leased repos whose fence fits, and returns the DIDs of the rest. */
  Set<String> change(Connection connection, UUID job, List<RepoChange> changes) throws SQLException;
}
