package io.github.atprotobackfill.benchmarks;

import io.github.atprotobackfill.BackfillJob;
import io.github.atprotobackfill.BackfillProgress;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One job on a network and a database of other processes: what lives in the heap is the library.
 */
final class JobMain {

  private JobMain() {}

  public static void main(String[] arguments) throws InterruptedException {
    Options options = new Options(List.of(arguments));
    Optional<Did> did = options.text("did").map(Did::parse);
    BackfillJob job =
        did.isPresent()
            ? new BackfillJob.Repos(List.of(did.get()), Set.of(Rig.COLLECTION))
            : new BackfillJob.Collections(
                List.of(ServiceUrl.parse(options.required("relay"))),
                Set.of(Rig.COLLECTION),
                false);
    Rig rig = Rig.unlimited(ServiceUrl.parse(options.required("directory")));
    HeapWatch heap = HeapWatch.start();
    Report report = new Report(System.out);
    try (Database database = Database.at(options.required("database"))) {
      options.refuseUnknown();
      TimedQueue queue = new TimedQueue(database.stores().queue());
      Rig.Ended ended = rig.run(job, queue.in(database.stores()), database.sink());
      tell(report, ended, heap);
      queue.tell(report);
      if (ended.progress().state() != JobState.COMPLETED) {
        throw new IllegalStateException("the job did not end well: " + ended.progress());
      }
    }
  }

  private static void tell(Report report, Rig.Ended ended, HeapWatch heap) {
    BackfillProgress progress = ended.progress();
    report.row("repos done", "records", "requests", "seconds", "repos/s", "records/s", "heap, MB");
    report.row(
        progress.repos().done(),
        progress.counts().written(),
        progress.counts().requests(),
        ended.seconds(),
        progress.repos().done() / ended.seconds(),
        ended.recordsPerSecond(),
        heap.mostAfterCollection() >> 20);
    report.table();
    report.say("(heap: the most that was ever left by a garbage collection)%n");
  }
}
