package io.github.atprotobackfill.benchmarks;

import io.github.atprotobackfill.BackfillJob;
import io.github.atprotobackfill.fetch.RepoExportFetcher;
import io.github.atprotobackfill.identity.DidResolver;
import io.github.atprotobackfill.identity.DidResolvers;
import io.github.atprotobackfill.progress.InMemoryStores;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcClient;
import io.github.atprotobackfill.xrpc.XrpcParams;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * One big repo by {@code getRepo} into PostgreSQL, against the same download thrown away byte by
 * byte; and against the same job with its records thrown away.
 */
final class ExportRepo implements Benchmark {

  private static final double TARGET = 1.3;
  private static final Nsid GET_REPO = Nsid.parse("com.atproto.sync.getRepo");

  private final int rounds;
  private final int warmUps;
  private final OneRepo repo;

  ExportRepo(Options options) {
    rounds = options.number("rounds", 5);
    warmUps = options.number("warm-ups", 2);
    repo = new OneRepo(options, 50_000);
  }

  @Override
  public void run(Report report) throws Exception {
    repo.measure((directory, did) -> measure(report, directory, did));
  }

  private void measure(Report report, ServiceUrl plc, Did did) throws Exception {
    Rig rig = Rig.unlimited(plc).fetcher(RepoExportFetcher::of);
    BackfillJob job = new BackfillJob.Repos(List.of(did), Set.of());
    List<Double> downloads = new ArrayList<>();
    List<Double> discarded = new ArrayList<>();
    List<Double> stored = new ArrayList<>();
    try (Postgres postgres = Postgres.start()) {
      for (int round = -warmUps; round < rounds; round++) {
        double download = download(plc, did);
        Rig.Ended thrown = rig.run(job, new InMemoryStores(), events -> {});
        Rig.Ended kept = intoDatabase(rig, job, postgres);
        if (round < 0) {
          report.say(
              "%s: %,d records, %,d bytes in %,d requests",
              did,
              kept.progress().counts().seen(),
              kept.progress().counts().bytes(),
              kept.progress().counts().requests());
          continue;
        }
        downloads.add(download);
        discarded.add(thrown.seconds());
        stored.add(kept.seconds());
      }
    }
    tell(report, downloads, discarded, stored);
  }

  private static Rig.Ended intoDatabase(Rig rig, BackfillJob job, Postgres postgres)
      throws InterruptedException {
    try (Database database = postgres.newDatabase()) {
      return rig.run(job, database.stores(), database.sink());
    }
  }

  /** Resolves the DID and downloads the repo, as the job does, and looks at nothing. */
  private static double download(ServiceUrl plc, Did did) throws Exception {
    try (XrpcClient client =
        XrpcClient.builder().allowPrivateHosts(true).hostPolicy(host -> Rig.UNLIMITED).build()) {
      long begin = System.nanoTime();
      DidResolver resolver = DidResolvers.standard(client, plc);
      ServiceUrl pds = resolver.resolve(did).pds().orElseThrow();
      client.query(
          pds,
          GET_REPO,
          XrpcParams.none().with("did", did.value()),
          RepoExportFetcher.MOST_BYTES,
          (service, body) -> body.transferTo(OutputStream.nullOutputStream()));
      return (System.nanoTime() - begin) / 1e9;
    }
  }

  private static void tell(
      Report report, List<Double> downloads, List<Double> discarded, List<Double> stored) {
    report.row("variant", "seconds");
    report.row("downloaded and thrown away", Spread.of(downloads));
    report.row("checked and read, records thrown away", Spread.of(discarded));
    report.row("into PostgreSQL", Spread.of(stored));
    report.table();
    report.say("checked and read ÷ downloaded: %s", ratios(discarded, downloads));
    report.atMost("into PostgreSQL ÷ downloaded", ratios(stored, downloads), TARGET);
  }

  private static Spread ratios(List<Double> above, List<Double> below) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < above.size(); i++) {
      ratios.add(above.get(i) / below.get(i));
    }
    return Spread.of(ratios);
  }
}
