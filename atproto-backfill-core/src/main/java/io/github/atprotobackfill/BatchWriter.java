package io.github.atprotobackfill;

import io.github.atprotobackfill.failure.BackfillException;
import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.progress.AtomicScope;
import io.github.atprotobackfill.progress.JobCounts;
import io.github.atprotobackfill.progress.StoreException;
import io.github.atprotobackfill.sink.SinkDoctor;
import io.github.atprotobackfill.sink.SinkOutageException;
import io.github.atprotobackfill.sink.WriteCounts;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes what workers read durable, in the one order that loses nothing: records first, then the
 * checkpoint; both in one transaction where sink and queue share a database.
 *
 * <p>Whatever arrived while one batch was being written makes up the next, so that many small repos
 * cost one write between them. Several writers may run at once; a repo always has the same one,
 * which keeps its order.
 */
final class BatchWriter implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(BatchWriter.class);

  private final RunContext run;
  private final WriteBuffer buffer;
  private final Optional<AtomicScope> scope;
  private final SinkDoctor doctor;

  BatchWriter(RunContext run, WriteBuffer buffer) {
    this.run = run;
    this.buffer = buffer;
    this.scope = sharedScope(run.settings());
    this.doctor = run.doctor();
  }

  private static Optional<AtomicScope> sharedScope(Settings settings) {
    Optional<AtomicScope> sinkScope = settings.sink().atomicScope();
    return settings
        .stores()
        .queue()
        .atomicScope()
        .filter(queueScope -> sinkScope.filter(queueScope::joins).isPresent());
  }

  @Override
  public void run() {
    try {
      for (List<WriteItem> batch = buffer.take(); !batch.isEmpty(); batch = buffer.take()) {
        writeWithPatience(batch);
        batch.forEach(this::dealtWith);
      }
    } catch (InterruptedException e) {
      log.debug("a writer of job {} was interrupted", run.id());
    } catch (RuntimeException e) {
      run.control().breakDown(e);
    } catch (Error e) {
      run.control().breakDown(new IllegalStateException("writing broke down: " + e, e));
    }
  }

  private void dealtWith(WriteItem item) {
    buffer.written(item);
    if (item.last()) {
      run.forget(item.worker());
    } else {
      item.worker().written();
    }
  }

  /** Writes a batch, waiting out a store or a sink that is away for a while. */
  private void writeWithPatience(List<WriteItem> batch) throws InterruptedException {
    patiently(() -> write(batch));
  }

  private interface Step {
    void take() throws InterruptedException;
  }

  private void patiently(Step step) throws InterruptedException {
    Patience patience = run.patience();
    while (true) {
      try {
        step.take();
        return;
      } catch (SinkOutageException | StoreException e) {
        patience.waitOrGiveUp(e);
      }
    }
  }

  private void write(List<WriteItem> batch) throws InterruptedException {
    try {
      commit(new BatchCommit(run, held(batch), true));
    } catch (StoreException | BreakdownException | InterruptedException e) {
      throw e;
    } catch (Exception e) {
      log.debug("the sink refused a batch; looking for what is wrong with it", e);
      writeApart(held(batch));
    }
  }

  /** What may still be written: nothing is done under a lease that may be another's by now. */
  private static List<WriteItem> held(List<WriteItem> batch) {
    return batch.stream().filter(item -> item.worker().term().holds()).toList();
  }

  private void commit(BatchCommit commit) throws Exception {
    try {
      if (scope.isPresent()) {
        scope
            .get()
            .run(
                () -> {
                  commit.inOneTransaction();
                  return commit;
                });
      } else {
        commit.recordsThenCheckpoint();
        patiently(commit::remember);
      }
    } catch (Exception e) {
      commit.undo();
      throw e;
    }
    doctor.succeeded(commit.written());
    commit.tell();
  }

  /** Gives the sink each repo's records by themselves, without those it refuses even alone. */
  private void writeApart(List<WriteItem> items) throws InterruptedException {
    for (WriteItem item : items) {
      WriteCounts counts =
          doctor.writeAllButRefused(
              item.events(), (event, failure) -> refused(item.worker(), failure));
      count(item.seen(), counts.plus(new WriteCounts(0, item.unchanged(), 0)));
      if (item.note() != null) {
        doctor
            .tellOrRefuse(item.worker().did(), item.note())
            .ifPresent(failure -> refused(item.worker(), failure));
      }
    }
    try {
      commit(new BatchCommit(run, held(items), false));
    } catch (BackfillException | InterruptedException e) {
      throw e;
    } catch (Exception e) {
      throw new StoreException("a checkpoint without records could not be stored: " + e, e);
    }
  }

  private void refused(RepoWorker worker, Failure failure) {
    worker.refused(1, failure.message());
    run.recordRejected(worker.did(), failure);
  }

  private void count(long seen, WriteCounts written) {
    JobCounts counts = run.counters().take(seen, written);
    try {
      run.settings().stores().progress().addCounts(run.id(), counts);
    } catch (StoreException e) {
      run.counters().giveBack(counts);
      throw e;
    }
    run.listener().written(written.written(), written.unchanged(), written.deleted());
  }
}
