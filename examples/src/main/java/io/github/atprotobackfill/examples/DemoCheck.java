package io.github.atprotobackfill.examples;

import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.progress.RepoEntry;
import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.testkit.network.SimulatedAccount;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Compares what a backfill of the demo left behind with what the network says is true. */
final class DemoCheck {

  private static final int PAGE = 1000;

  private final DemoNetwork network;

  /** Repos by what they are and how they ended. */
  private final Map<String, Long> endings = new TreeMap<>();

  private long reposWrong;
  private long expected;
  private long found;
  private long missing;
  private long different;
  private long unexpected;

  private DemoCheck(DemoNetwork network) {
    this.network = network;
  }

  /** Checks every repo of {@code job} and every record in the database. */
  static DemoCheck of(DemoNetwork network, UUID job, Destination.Ledger ledger) {
    DemoCheck check = new DemoCheck(network);
    check.compareRepos(endings(ledger.stores(), job));
    check.compareRecords(recordsIn(ledger.pool()));
    return check;
  }

  /** Whether all is as it had to be. */
  boolean holds() {
    return reposWrong + missing + different + unexpected == 0 && expected > 0;
  }

  void write(PrintWriter out) {
    out.printf("%nCompared with what the network says is true:%n");
    out.printf(
        "  records   %s expected, %s found: %s missing, %s different, %s too many%n",
        Quantity.count(expected),
        Quantity.count(found),
        Quantity.count(missing),
        Quantity.count(different),
        Quantity.count(unexpected));
    endings.forEach((ending, repos) -> out.printf("  %8s  %s%n", Quantity.count(repos), ending));
    if (reposWrong > 0) {
      out.printf("  %8s  repos ended otherwise than they had to%n", Quantity.count(reposWrong));
    }
  }

  private void compareRepos(Map<Did, RepoEntry> ended) {
    network.accounts().forEach(account -> compare(account, ended.get(account.did())));
  }

  private void compare(SimulatedAccount account, @Nullable RepoEntry repo) {
    if (repo == null) {
      return; // The relay knows of no record; if there is one, it is counted as missing.
    }
    endings.merge(ending(account, repo), 1L, Long::sum);
    if (repo.state() != network.stateOf(account)) {
      reposWrong++;
    }
  }

  private static String ending(SimulatedAccount account, RepoEntry repo) {
    String what = account.status().name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    String where = account.host().isListening() ? "" : " on the dead host";
    String how = repo.state().code();
    return "repos that are %s%s: %s%s"
        .formatted(
            what,
            where,
            how,
            repo.failure() == null || repo.state() != RepoState.FAILED
                ? ""
                : " (" + repo.failure().kind().code() + ")");
  }

  private void compareRecords(Map<String, String> cids) {
    found = cids.size();
    network
        .accounts()
        .flatMap(network::records)
        .forEach(
            record -> {
              expected++;
              String cid = cids.remove(record.uri().toString());
              if (cid == null) {
                missing++;
              } else if (!cid.equals(record.cid().toString())) {
                different++;
              }
            });
    unexpected = cids.size();
  }

  private static Map<Did, RepoEntry> endings(BackfillStores stores, UUID job) {
    Map<Did, RepoEntry> endings = new HashMap<>();
    @Nullable Did after = null;
    List<RepoEntry> page;
    do {
      page = stores.queue().repos(job, EnumSet.allOf(RepoState.class), after, PAGE);
      page.forEach(repo -> endings.put(repo.did(), repo));
      after = page.isEmpty() ? null : page.get(page.size() - 1).did();
    } while (page.size() == PAGE);
    return endings;
  }

  private static Map<String, String> recordsIn(Pool pool) {
    Map<String, String> cids = new HashMap<>();
    try (Connection connection = pool.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select uri, cid from atproto_record")) {
      while (rows.next()) {
        cids.put(rows.getString("uri"), rows.getString("cid"));
      }
      return cids;
    } catch (SQLException e) {
      throw new ToolException("cannot read the records back: " + e.getMessage(), e);
    }
  }
}
