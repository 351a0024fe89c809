package io.github.atprotobackfill.examples;

import io.github.atprotobackfill.Backfill;
import io.github.atprotobackfill.BackfillBuilder;
import io.github.atprotobackfill.BackfillJob;
import io.github.atprotobackfill.BackfillPlan;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code run}: gets the records that are asked for, or goes on getting them. */
@Command(
    name = "run",
    description = {
      "Gets every record that is asked for into a database or a file.",
      "The same command again goes on where it stopped; once all is there, it fetches what changed."
    },
    customSynopsis = {
      "atproto-backfill run --relay URL... --collection NSID... PLACE",
      "   or: atproto-backfill run --did DID|HANDLE... [--collection NSID...] PLACE",
      "   or: atproto-backfill run --host URL... [--collection NSID...] PLACE",
      "   or: atproto-backfill run --relay URL... --network [--collection ...] PLACE",
      "where PLACE is --db JDBC-URL or --jsonl FILE, and not needed with --dry-run",
      ""
    },
    sortOptions = false,
    footer = {
      "",
      "For example:",
      "  run --relay https://relay.example.com --collection com.example.note \\",
      "      --db jdbc:sqlite:notes.db"
    })
final class RunCommand implements Callable<Integer> {

  @ParentCommand private @Nullable Main main;
  @Mixin private Selection selection = new Selection();
  @Mixin private JobPlaceOptions place = new JobPlaceOptions();
  @Mixin private NetworkOptions network = new NetworkOptions();
  @Mixin private FetchOptions fetch = new FetchOptions();

  @Option(
      names = "--reread",
      description = {
        "Read every repo, also those that did not change since they were read last: what",
        "was deleted from the store by other hands comes back."
      })
  private boolean reread;

  @Option(
      names = "--json",
      description =
          "End standard output with one JSON object; say everything else on standard error.")
  private boolean json;

  @Option(
      names = "--dry-run",
      description =
          "Say what would be asked of whom: list repos and hosts, but read and store none.")
  private boolean dryRun;

  @Override
  public Integer call() throws InterruptedException {
    selection.check();
    network.check(selection.services());
    if (dryRun) {
      place.checkAtMostOne();
      return plan();
    }
    Destination destination = place.destination();
    try (NetworkAccess access = network.open()) {
      BackfillJob job = selection.job(access);
      return new JobRunner(console(), destination, engine(access), access::opened)
          .run(backfill -> backfill.start(job), network.nextTo(destination), json);
    }
  }

  private BackfillBuilder engine(NetworkAccess access) {
    return fetch.engine(access).skipUnchanged(!reread);
  }

  private int plan() throws InterruptedException {
    try (NetworkAccess access = network.open();
        Backfill backfill = engine(access).sink(RunCommand::refuse).build()) {
      BackfillPlan plan = backfill.plan(selection.job(access));
      PlanReport.write(json ? console().err() : console().out(), plan);
      if (json) {
        console().out().println(PlanReport.json(plan));
        console().out().flush();
      }
      return plan.failedSources().isEmpty() ? ExitStatus.COMPLETED : ExitStatus.INCOMPLETE;
    }
  }

  private static void refuse(Object events) {
    throw new IllegalStateException("a plan writes nothing, but was to write " + events);
  }

  private Console console() {
    return Main.required(main).console();
  }
}
