package io.github.atprotobackfill.examples.soak;

import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.progress.Job;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.progress.QueueStats;
import io.github.atprotobackfill.progress.RepoEntry;
import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.syntax.Did;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import javax.sql.DataSource;

/** What one job left behind, against what the network says is true. */
final class SoakCheck {

  private static final int PAGE = 1000;
  private static final int NAMED = 10;

  private final DataSource database;
  private final BackfillStores stores;
  private final SoakNetwork network;
  private final UUID job;
  private final List<String> wrong = new ArrayList<>();

  SoakCheck(DataSource database, BackfillStores stores, SoakNetwork network, UUID job) {
    this.database = database;
    this.stores = stores;
    this.network = network;
    this.job = job;
  }

  /** Throws an {@link AssertionError} that names what is not as it must be. */
  void expect(JobState state, Set<UUID> jobs) throws SQLException {
    compareJob(state, jobs);
    compareEnds();
    compareRecords();
    if (!wrong.isEmpty()) {
      throw new AssertionError(String.join("\n", wrong));
    }
  }

  private void compareJob(JobState state, Set<UUID> jobs) {
    Job ended = stores.progress().find(job).orElseThrow();
    expect("the job's state (" + ended.reason() + ")", state, ended.state());
    stores.progress().list(PAGE).stream()
        .filter(known -> !jobs.contains(known.id()))
        .forEach(unknown -> wrong.add("a job that nobody meant to start: " + unknown));
    QueueStats stats = stores.queue().stats(job);
    expect("repos still open, of " + stats, 0L, stats.open());
  }

  private void compareEnds() {
    Map<String, Object> expected = new HashMap<>();
    Map<String, Object> found = new HashMap<>();
    Map<Did, RepoState> ends = network.expectedEnds();
    for (RepoEntry repo : repos()) {
      String did = repo.did().value();
      expected.put(did, Objects.requireNonNull(ends.get(repo.did()), did));
      RepoState state = repo.state();
      found.put(did, state);
      if (!expected.get(did).equals(state)) {
        wrong.add(did + " ended as " + repo);
      }
    }
    compare("ends of repos", expected, found);
  }

  private List<RepoEntry> repos() {
    List<RepoEntry> all = new ArrayList<>();
    List<RepoEntry> page;
    do {
      Did after = all.isEmpty() ? null : all.get(all.size() - 1).did();
      page = stores.queue().repos(job, EnumSet.allOf(RepoState.class), after, PAGE);
      all.addAll(page);
    } while (page.size() == PAGE);
    return all;
  }

  private void compareRecords() throws SQLException {
    Map<String, Object> found = new HashMap<>();
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT uri, cid FROM atproto_record")) {
      while (rows.next()) {
        if (found.put(rows.getString(1), rows.getString(2)) != null) {
          wrong.add("twice: " + rows.getString(1));
        }
      }
    }
    compare("records", new HashMap<>(network.expectedRecords()), found);
  }

  private void expect(String what, Object expected, Object found) {
    if (!expected.equals(found)) {
      wrong.add(what + ": " + found + ", not " + expected);
    }
  }

  private void compare(String what, Map<String, Object> expected, Map<String, Object> found) {
    if (expected.isEmpty()) {
      wrong.add(what + ": there should be any");
    }
    TreeSet<String> different = new TreeSet<>();
    expected.forEach(
        (key, value) -> {
          if (!value.equals(found.get(key))) {
            different.add(key + " is " + found.get(key) + ", not " + value);
          }
        });
    found.keySet().stream()
        .filter(key -> !expected.containsKey(key))
        .forEach(key -> different.add(key + " should not be there"));
    if (!different.isEmpty()) {
      wrong.add(
          what
              + ": "
              + different.size()
              + " differ, among them:\n  "
              + String.join("\n  ", different.stream().limit(NAMED).toList()));
    }
  }
}
