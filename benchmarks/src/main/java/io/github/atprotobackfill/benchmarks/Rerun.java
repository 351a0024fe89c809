package io.github.atprotobackfill.benchmarks;

import io.github.atprotobackfill.BackfillJob;
import io.github.atprotobackfill.benchmarks.NetworkProcess.Load;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;

/**
 * The same job again, with nothing changed in the network: it writes no row, and asks at most once
 * for each repo, or not at all where the listing of the hosts told the rev.
 */
final class Rerun implements Benchmark {

  private final int repos;
  private final int hosts;

  Rerun(Options options) {
    repos = options.number("repos", 2000);
    hosts = options.number("hosts", 20);
  }

  @Override
  public void run(Report report) throws Exception {
    try (Postgres postgres = Postgres.start();
        NetworkProcess network =
            NetworkProcess.start("--hosts", hosts, "--accounts", repos, "--sigma", 1)) {
      measure(
          report,
          "listReposByCollection of a relay",
          1,
          postgres,
          network,
          new BackfillJob.Collections(List.of(network.relay()), Set.of(Rig.COLLECTION), false));
      measure(
          report,
          "listRepos of the hosts",
          0,
          postgres,
          network,
          new BackfillJob.Hosts(network.hosts(), Set.of(Rig.COLLECTION)));
    }
  }

  private static void measure(
      Report report,
      String source,
      int target,
      Postgres postgres,
      NetworkProcess network,
      BackfillJob job)
      throws Exception {
    Rig rig = Rig.unlimited(network.directory());
    try (Database database = postgres.newDatabase()) {
      report.say("repos found by %s:", source);
      report.row("run", "seconds", "listings", "about repos", "to directory", "rows written");
      Asked first = run("first", report, rig, job, database, network);
      String rows = rowsAndWhenWritten(database);
      Asked again = run("again", report, rig, job, database, network);
      report.table();
      boolean untouched = again.written() == 0 && rows.equals(rowsAndWhenWritten(database));
      report.verdict(
          "rows of the second run", untouched ? "none written" : "written", "none", untouched);
      double perRepo = (double) (again.aboutRepos() + again.ofDirectory()) / first.repos();
      report.atMost("requests a repo, listings aside", perRepo, target);
      report.say("");
    }
  }

  /** What one run asked for, as the network counted it. */
  private record Asked(long repos, long aboutRepos, long ofDirectory, long written) {}

  private static Asked run(
      String name,
      Report report,
      Rig rig,
      BackfillJob job,
      Database database,
      NetworkProcess network)
      throws Exception {
    List<Load> before = network.loads();
    Rig.Ended ended = rig.run(job, database.stores(), database.sink());
    List<Load> after = network.loads();
    Load relay = after.get(0).minus(before.get(0));
    Load directory = after.get(1).minus(before.get(1));
    Load hosts = sum(after.subList(2, after.size())).minus(sum(before.subList(2, before.size())));
    long aboutRepos = hosts.requests() - hosts.listings();
    long written = ended.progress().counts().written();
    report.row(
        name,
        ended.seconds(),
        relay.requests() + hosts.listings(),
        aboutRepos,
        directory.requests(),
        written);
    return new Asked(ended.progress().repos().done(), aboutRepos, directory.requests(), written);
  }

  private static Load sum(List<Load> loads) {
    return loads.stream().reduce(Load.NONE, Load::plus);
  }

  /** What the database itself says of the records, whatever the library counts. */
  private static String rowsAndWhenWritten(Database database) throws SQLException {
    return database.ask("SELECT count(*) || ' ' || max(indexed_at) FROM atproto_record");
  }
}
