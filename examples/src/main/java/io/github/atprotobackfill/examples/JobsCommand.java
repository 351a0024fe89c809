package io.github.atprotobackfill.examples;

import io.github.atprotobackfill.BackfillJob;
import io.github.atprotobackfill.BackfillJobs;
import io.github.atprotobackfill.progress.DiscoveryState;
import io.github.atprotobackfill.progress.Job;
import io.github.atprotobackfill.progress.JobState;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code jobs}: what became of jobs, and what shall become of them. */
@Command(
    name = "jobs",
    description = "Looks at jobs, stops them, and goes on with them.",
    synopsisSubcommandLabel = "(list | show | pause | resume | cancel | errors | retry)")
final class JobsCommand implements Runnable {

  private static final int LISTED = 100;

  private final InstantSource clock = InstantSource.system();

  @Spec private CommandSpec spec = CommandSpec.create();
  @ParentCommand private @Nullable Main main;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "say what to do: jobs list | show | pause | resume | cancel | errors | retry");
  }

  @Command(description = "Lists the newest jobs.")
  int list(@Mixin JobPlaceOptions place) {
    try (Destination.Ledger ledger = place.destination().ledger()) {
      List<Job> jobs = new BackfillJobs(ledger.stores()).list(LISTED);
      jobs.forEach(job -> out().println(line(job)));
      if (jobs.isEmpty()) {
        out().println("no jobs");
      }
      return ExitStatus.COMPLETED;
    }
  }

  @Command(description = "Says how a job stands.")
  int show(
      @Parameters(paramLabel = "ID", description = "The job, as list names it.") UUID id,
      @Mixin JobPlaceOptions place,
      @Option(names = "--json", description = "As one JSON object, like run --json.")
          boolean json) {
    Destination destination = place.destination();
    try (Destination.Ledger ledger = destination.ledger()) {
      BackfillJobs jobs = new BackfillJobs(ledger.stores());
      Job job = found(jobs, id, destination);
      JobStanding standing = JobStanding.of(job, jobs.repos(id), clock.instant());
      if (json) {
        out().println(SummaryJson.of(standing));
        return ExitStatus.COMPLETED;
      }
      out().println(job.spec().type() + " " + job.spec().body());
      new SummaryText(jobs, Optional.of(new NextCommands(destination.options(), "")))
          .write(out(), standing);
      return ExitStatus.COMPLETED;
    }
  }

  @Command(description = "Holds a running job back, wherever it runs, until it is resumed.")
  int pause(
      @Parameters(paramLabel = "ID", description = "The job, as list names it.") UUID id,
      @Mixin JobPlaceOptions place) {
    Destination destination = place.destination();
    try (Destination.Ledger ledger = destination.ledger()) {
      BackfillJobs jobs = new BackfillJobs(ledger.stores());
      Job job = found(jobs, id, destination);
      return said(jobs.pause(id), job, "pauses", "is not running");
    }
  }

  @Command(description = "Ends a job for good, wherever it runs.")
  int cancel(
      @Parameters(paramLabel = "ID", description = "The job, as list names it.") UUID id,
      @Mixin JobPlaceOptions place) {
    Destination destination = place.destination();
    try (Destination.Ledger ledger = destination.ledger()) {
      BackfillJobs jobs = new BackfillJobs(ledger.stores());
      Job job = found(jobs, id, destination);
      return said(jobs.cancel(id), job, "is cancelled", "had ended already");
    }
  }

  @Command(
      description = "Names every repo that is not done, and every source not listed to its end.")
  int errors(
      @Parameters(paramLabel = "ID", description = "The job, as list names it.") UUID id,
      @Mixin JobPlaceOptions place) {
    Destination destination = place.destination();
    try (Destination.Ledger ledger = destination.ledger()) {
      BackfillJobs jobs = new BackfillJobs(ledger.stores());
      found(jobs, id, destination);
      List<DiscoveryState> broken =
          jobs.sources(id).stream().filter(source -> source.failure() != null).toList();
      broken.forEach(source -> out().println(SummaryText.line(source)));
      AtomicLong repos = new AtomicLong();
      FailedRepos.forEach(
          jobs,
          id,
          repo -> {
            repos.incrementAndGet();
            out().println(SummaryText.line(repo));
          });
      if (broken.isEmpty() && repos.get() == 0) {
        out().println("none");
      }
      return ExitStatus.COMPLETED;
    }
  }

  @Command(description = "Goes on with a job here, paused or left behind by a process that ended.")
  int resume(
      @Parameters(paramLabel = "ID", description = "The job, as list names it.") UUID id,
      @Mixin JobPlaceOptions place,
      @Mixin NetworkOptions network,
      @Option(names = "--json", description = "End standard output with one JSON object.")
          boolean json)
      throws InterruptedException {
    Destination destination = place.destination();
    network.check(List.of());
    try (Destination.Ledger ledger = destination.ledger()) {
      Job job = found(new BackfillJobs(ledger.stores()), id, destination);
      if (job.state().terminal()) {
        return said(false, job, "", "has ended: " + job.state().code());
      }
    }
    try (NetworkAccess access = network.open()) {
      return new JobRunner(console(), destination, access.engine(), access::opened)
          .run(backfill -> backfill.resume(id), network.nextTo(destination), json);
    }
  }

  @Command(description = "Starts a job that takes up just what failed in an earlier one.")
  int retry(
      @Parameters(paramLabel = "ID", description = "The job, as list names it.") UUID id,
      @Mixin JobPlaceOptions place,
      @Mixin NetworkOptions network,
      @Option(names = "--json", description = "End standard output with one JSON object.")
          boolean json)
      throws InterruptedException {
    Destination destination = place.destination();
    network.check(List.of());
    BackfillJob again;
    try (Destination.Ledger ledger = destination.ledger()) {
      BackfillJobs jobs = new BackfillJobs(ledger.stores());
      Job job = found(jobs, id, destination);
      if (!job.state().terminal()) {
        return said(false, job, "", "has not ended; resume it instead");
      }
      if (job.state() == JobState.COMPLETED) {
        return said(true, job, "is completed; there is nothing to retry", "");
      }
      again = jobs.retryOf(id);
    }
    try (NetworkAccess access = network.open()) {
      return new JobRunner(console(), destination, access.engine(), access::opened)
          .run(backfill -> backfill.start(again), network.nextTo(destination), json);
    }
  }

  private static Job found(BackfillJobs jobs, UUID id, Destination destination) {
    return jobs.find(id)
        .orElseThrow(() -> new ToolException("no job " + id + " in " + destination, null));
  }

  private int said(boolean yes, Job job, String done, String notDone) {
    if (yes) {
      out().println("job " + job.id() + " " + done);
      return ExitStatus.COMPLETED;
    }
    console().note("error: job " + job.id() + " " + notDone);
    return ExitStatus.FAILED;
  }

  private static String line(Job job) {
    return "%s  %-10s  %s  %s %s"
        .formatted(
            job.id(),
            job.state().code(),
            job.createdAt().truncatedTo(java.time.temporal.ChronoUnit.SECONDS),
            job.spec().type(),
            job.spec().body());
  }

  private PrintWriter out() {
    return console().out();
  }

  private Console console() {
    return Main.required(main).console();
  }
}
