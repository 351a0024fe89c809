package io.github.atprotobackfill.examples;

import io.github.atprotobackfill.Backfill;
import io.github.atprotobackfill.BackfillBuilder;
import io.github.atprotobackfill.BackfillProgress;
import io.github.atprotobackfill.BackfillRun;
import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.progress.JobState;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/** Runs a job in the foreground: opens what it needs, shows it, says how it ended, closes all. */
final class JobRunner {

  /** Picks the job to run. */
  interface Start {
    BackfillRun in(Backfill backfill);
  }

  private final Console console;
  private final Destination destination;
  private final BackfillBuilder engine;
  private final Consumer<BackfillStores> opened;

  /** Runs with {@code engine}, which lacks only stores and sink, into {@code destination}. */
  JobRunner(Console console, Destination destination, BackfillBuilder engine) {
    this(console, destination, engine, stores -> {});
  }

  /**
   * Runs with {@code engine}, which lacks only stores and sink, into {@code destination}.
   *
   * @param opened who is told of the stores before the job begins
   */
  JobRunner(
      Console console,
      Destination destination,
      BackfillBuilder engine,
      Consumer<BackfillStores> opened) {
    this.console = console;
    this.destination = destination;
    this.engine = engine;
    this.opened = opened;
  }

  /** Runs a job for whoever gave the command, with a summary; returns the exit status it earned. */
  int run(Start start, NextCommands next, boolean json) throws InterruptedException {
    return run(
        start,
        (end, backfill) -> {
          new SummaryText(backfill.jobs(), Optional.of(next))
              .write(json ? console.err() : console.out(), end.standing());
          if (json) {
            console.out().println(SummaryJson.of(end.standing()));
            console.out().flush();
          }
          return end.exitStatus();
        });
  }

  /** What is done when the run is over, while all is still open. */
  interface Ending<T> {
    T of(End end, Backfill backfill);
  }

  /**
   * How a run ended.
   *
   * @param brokeDown whether its stores stayed out of reach, so that {@code standing} is only what
   *     this process last knew
   */
  record End(JobStanding standing, boolean brokeDown) {

    int exitStatus() {
      return brokeDown ? ExitStatus.FAILED : ExitStatus.of(standing.state());
    }
  }

  <T> T run(Start start, Ending<T> ending) throws InterruptedException {
    try (StopSwitch stop = new StopSwitch(console);
        Destination.Store store = destination.open();
        Backfill backfill = engine.stores(store.ledger().stores()).sink(store.sink()).build()) {
      opened.accept(store.ledger().stores());
      BackfillRun run = start.in(backfill);
      stop.stops(run::stop);
      console.note("job " + run.id() + " into " + destination);
      show(run);
      // Whoever paused it from elsewhere goes on by another command, so this process leaves.
      run.stop();
      return ending.of(end(run), backfill);
    }
  }

  private void show(BackfillRun run) throws InterruptedException {
    ProgressBar bar = new ProgressBar(console);
    try {
      bar.begin(run.progress());
      while (!run.await(bar.every()) && run.progress().state() != JobState.PAUSED) {
        bar.show(run.progress());
      }
    } finally {
      bar.close();
    }
  }

  private End end(BackfillRun run) {
    try {
      BackfillProgress last = run.completion().toCompletableFuture().join();
      return new End(JobStanding.of(last), false);
    } catch (CompletionException e) {
      console.note("error: " + Failure.of(e.getCause() == null ? e : e.getCause()).message());
      return new End(JobStanding.of(run.progress()), true);
    }
  }
}
