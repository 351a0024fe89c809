package io.github.atprotobackfill.examples;

import io.github.atprotobackfill.BackfillJobs;
import io.github.atprotobackfill.progress.Job;
import io.github.atprotobackfill.progress.JobState;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code worker}: one of any number of processes that work on a job together. */
@Command(
    name = "worker",
    description = {
      "Joins a job that runs, from any number of processes and machines that share its database,",
      "and works on it until it ends. Whichever may die: the others go on with what it had."
    },
    customSynopsis = {
      "atproto-backfill worker ID --db JDBC-URL",
      "   or: atproto-backfill worker --all --db JDBC-URL",
      ""
    },
    sortOptions = false)
final class WorkerCommand implements Callable<Integer> {

  private static final int LOOKED_AT = 100;

  @Spec private CommandSpec spec = CommandSpec.create();
  @ParentCommand private @Nullable Main main;

  @Parameters(arity = "0..1", paramLabel = "ID", description = "The job, as jobs list names it.")
  private @Nullable UUID id;

  @Option(
      names = "--all",
      description =
          "Join whatever job runs, the oldest first, and then the next; wait for one until"
              + " stopped.")
  private boolean all;

  @Mixin private JobPlaceOptions place = new JobPlaceOptions();
  @Mixin private NetworkOptions network = new NetworkOptions();
  @Mixin private FetchOptions fetch = new FetchOptions();

  @Option(
      names = "--json",
      description =
          "End standard output with one JSON object a job; say everything else on standard error.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    UUID one = id;
    if ((one == null) != all) {
      throw new ParameterException(
          spec.commandLine(), "say which job to join: its ID, or --all for whatever runs");
    }
    Destination destination = place.destination();
    network.check(List.of());
    return one == null ? joinWhateverRuns(destination) : join(destination, one);
  }

  private int join(Destination destination, UUID job) throws InterruptedException {
    try (Destination.Ledger ledger = destination.ledger()) {
      Job found =
          new BackfillJobs(ledger.stores())
              .find(job)
              .orElseThrow(() -> new ToolException("no job " + job + " in " + destination, null));
      if (found.state().terminal()) {
        console().note("job " + job + " has ended: " + found.state().code());
        return ExitStatus.of(found.state());
      }
    }
    return work(destination, job);
  }

  private int joinWhateverRuns(Destination destination) throws InterruptedException {
    try (IdleWait wait = new IdleWait(console())) {
      while (!wait.stopped()) {
        Optional<UUID> next = running(destination);
        if (next.isEmpty()) {
          wait.longer();
        } else {
          wait.again();
          int status = work(destination, next.get());
          if (status == ExitStatus.INTERRUPTED && wait.stopped()) {
            return status;
          }
        }
      }
    }
    return ExitStatus.INTERRUPTED;
  }

  /** The oldest of the jobs that run. */
  private static Optional<UUID> running(Destination destination) {
    try (Destination.Ledger ledger = destination.ledger()) {
      return new BackfillJobs(ledger.stores())
          .list(LOOKED_AT).stream()
              .filter(job -> job.state() == JobState.RUNNING)
              .reduce((newer, older) -> older)
              .map(Job::id);
    }
  }

  private int work(Destination destination, UUID job) throws InterruptedException {
    try (NetworkAccess access = network.open()) {
      return new JobRunner(console(), destination, fetch.engine(access), access::opened)
          .run(backfill -> backfill.resume(job), network.nextTo(destination), json);
    }
  }

  private Console console() {
    return Main.required(main).console();
  }
}
