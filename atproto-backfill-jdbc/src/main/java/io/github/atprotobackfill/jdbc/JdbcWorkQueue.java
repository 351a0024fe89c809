package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.progress.AtomicScope;
import io.github.atprotobackfill.progress.ClaimFor;
import io.github.atprotobackfill.progress.Lease;
import io.github.atprotobackfill.progress.LeaseUpdate;
import io.github.atprotobackfill.progress.QueueStats;
import io.github.atprotobackfill.progress.QueuedRepo;
import io.github.atprotobackfill.progress.RepoEntry;
import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.progress.WorkQueue;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One row a repo of a job. Its {@code available_at} says when it may be claimed, whether because it
 * was queued, is due again, or its lease ends; so one condition on one index finds all three, and
 * rows whose part is over are not in the way.
 */
final class JdbcWorkQueue implements WorkQueue {

  /** Rows a statement; longer lists are cut. */
  private static final int ROWS = 1000;

  private static final int HOSTS_REMEMBERED = 100_000;

  private final Transactions transactions;
  private final Dialect dialect;
  private final Tables tables;
  private final RepoSql repoSql;
  private final String insertHost;
  private final Set<JobHost> knownHosts = ConcurrentHashMap.newKeySet();

  /** A host that is known to stand in the host table, to spare asking with every call. */
  private record JobHost(UUID job, ServiceUrl pds) {}

  JdbcWorkQueue(Transactions transactions, Dialect dialect, Tables tables) {
    this.transactions = transactions;
    this.dialect = dialect;
    this.tables = tables;
    this.repoSql = dialect.repoSql(tables);
    this.insertHost = dialect.insertIfAbsent(tables.jobHost(), "job_id, pds", "job_id", "pds");
  }

  @Override
  public int enqueue(UUID job, List<QueuedRepo> repos) {
    if (repos.isEmpty()) {
      return 0;
    }
    // In one order, so that two that discover the same repos at once do not deadlock.
    Map<Did, QueuedRepo> distinct = new TreeMap<>();
    repos.forEach(repo -> distinct.putIfAbsent(repo.did(), repo));
    List<QueuedRepo> sorted = List.copyOf(distinct.values());
    Set<ServiceUrl> hosts = newHosts(job, sorted.stream().map(QueuedRepo::pds).toList());
    int added =
        transactions.write(
            "enqueue repos",
            connection -> {
              insertHosts(connection, job, hosts);
              int inserted = 0;
              for (int from = 0; from < sorted.size(); from += ROWS) {
                int to = Math.min(from + ROWS, sorted.size());
                inserted += repoSql.insert(connection, job, sorted.subList(from, to));
              }
              return inserted;
            });
    remember(job, hosts);
    return added;
  }

  @Override
  public Set<ServiceUrl> hosts(UUID job) {
    String select = "SELECT pds FROM %s WHERE job_id = ?".formatted(tables.jobHost());
    return transactions.read(
        "list hosts",
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(select)) {
            statement.setObject(1, dialect.key(job));
            Set<ServiceUrl> hosts = new HashSet<>();
            try (ResultSet rows = statement.executeQuery()) {
              while (rows.next()) {
                hosts.add(ServiceUrl.parse(rows.getString(1)));
              }
            }
            return hosts;
          }
        });
  }

  @Override
  public List<Lease> claim(UUID job, String worker, List<ClaimFor> wanted, Duration lasts) {
    List<ClaimFor> some = wanted.stream().filter(host -> host.most() > 0).toList();
    if (some.isEmpty()) {
      return List.of();
    }
    return transactions.write(
        "claim repos", connection -> repoSql.claim(connection, job, worker, some, lasts));
  }

  @Override
  public Set<Did> apply(UUID job, List<LeaseUpdate> updates) {
    if (updates.isEmpty()) {
      return Set.of();
    }
    Map<String, RepoChange> changes = new TreeMap<>();
    List<@Nullable ServiceUrl> movedTo = new ArrayList<>();
    for (LeaseUpdate update : updates) {
      RepoChange change = RepoChange.of(update);
      if (changes.put(change.did(), change) != null) {
        throw new IllegalArgumentException("two updates of " + change.did() + " at once");
      }
      movedTo.add(movedTo(update));
    }
    List<RepoChange> sorted = List.copyOf(changes.values());
    Set<ServiceUrl> hosts = newHosts(job, movedTo);
    Set<Did> lost =
        transactions.write(
            "update leased repos",
            connection -> {
              insertHosts(connection, job, hosts);
              Set<Did> refused = new HashSet<>();
              for (int from = 0; from < sorted.size(); from += ROWS) {
                int to = Math.min(from + ROWS, sorted.size());
                repoSql
                    .change(connection, job, sorted.subList(from, to))
                    .forEach(did -> refused.add(Did.parse(did)));
              }
              return refused;
            });
    remember(job, hosts);
    return lost;
  }

  private static @Nullable ServiceUrl movedTo(LeaseUpdate update) {
    if (update instanceof LeaseUpdate.Release release) {
      return release.pds();
    }
    return update instanceof LeaseUpdate.Retry retry ? retry.pds() : null;
  }

  private Set<ServiceUrl> newHosts(UUID job, Collection<@Nullable ServiceUrl> named) {
    Set<ServiceUrl> hosts = new HashSet<>();
    for (ServiceUrl pds : named) {
      if (pds != null && !knownHosts.contains(new JobHost(job, pds))) {
        hosts.add(pds);
      }
    }
    return hosts;
  }

  private void insertHosts(Connection connection, UUID job, Set<ServiceUrl> hosts)
      throws SQLException {
    if (hosts.isEmpty()) {
      return;
    }
    try (PreparedStatement statement = connection.prepareStatement(insertHost)) {
      for (ServiceUrl pds : hosts.stream().sorted().toList()) {
        statement.setObject(1, dialect.key(job));
        statement.setString(2, pds.toString());
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  private void remember(UUID job, Set<ServiceUrl> hosts) {
    if (transactions.inScope()) {
      return;
    }
    if (knownHosts.size() > HOSTS_REMEMBERED) {
      knownHosts.clear();
    }
    hosts.forEach(pds -> knownHosts.add(new JobHost(job, pds)));
  }

  @Override
  public QueueStats stats(UUID job) {
    String select =
        "SELECT state, count(*), min(available_at) - %s FROM %s WHERE job_id = ? GROUP BY state"
            .formatted(dialect.now(), tables.repo());
    return transactions.read(
        "count repos",
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(select)) {
            statement.setObject(1, dialect.key(job));
            try (ResultSet rows = statement.executeQuery()) {
              return stats(rows);
            }
          }
        });
  }

  private static QueueStats stats(ResultSet rows) throws SQLException {
    Map<RepoState, Long> repos = new EnumMap<>(RepoState.class);
    Optional<Duration> nextIn = Optional.empty();
    while (rows.next()) {
      repos.put(RepoState.ofCode(rows.getString(1)), rows.getLong(2));
      Duration in = Duration.ofMillis(rows.getLong(3));
      if (!rows.wasNull() && (nextIn.isEmpty() || in.compareTo(nextIn.get()) < 0)) {
        nextIn = Optional.of(in);
      }
    }
    return new QueueStats(repos, nextIn);
  }

  @Override
  public List<RepoEntry> repos(UUID job, Set<RepoState> states, @Nullable Did after, int most) {
    if (states.isEmpty()) {
      return List.of();
    }
    String select =
        """
        SELECT did, pds, state, attempts, rev, reason, error_kind, error_message FROM %s
        WHERE job_id = ? AND did > ? AND state IN (%s) ORDER BY did LIMIT ?
        """
            .formatted(
                tables.repo(),
                states.stream()
                    .map(state -> "'" + state.code() + "'")
                    .collect(Collectors.joining(", ")));
    return transactions.read(
        "list repos",
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(select)) {
            statement.setObject(1, dialect.key(job));
            statement.setString(2, after == null ? "" : after.toString());
            statement.setInt(3, most);
            List<RepoEntry> entries = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
              while (rows.next()) {
                entries.add(RepoRows.entry(rows));
              }
            }
            return entries;
          }
        });
  }

  @Override
  public Instant now(UUID job) {
    String select = "SELECT " + dialect.now();
    return transactions.read(
        "look at the clock",
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(select);
              ResultSet row = statement.executeQuery()) {
            row.next();
            return Instant.ofEpochMilli(row.getLong(1));
          }
        });
  }

  @Override
  public void forget(UUID job) {
    transactions.write(
        "forget the repos of a job",
        connection -> {
          for (String table : List.of(tables.repo(), tables.jobHost())) {
            String delete = "DELETE FROM %s WHERE job_id = ?".formatted(table);
            try (PreparedStatement statement = connection.prepareStatement(delete)) {
              statement.setObject(1, dialect.key(job));
              statement.executeUpdate();
            }
          }
          return job;
        });
    knownHosts.removeIf(known -> known.job().equals(job));
  }

  @Override
  public Optional<AtomicScope> atomicScope() {
    return Optional.of(new JdbcAtomicScope(transactions));
  }
}
