package io.github.atprotobackfill;

import io.github.atprotobackfill.sink.HeldRecord;
import io.github.atprotobackfill.sink.HeldRecords;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Asks a sink what it holds of one repo a page ahead: while one page is compared, the next is under
 * way. What was asked in vain is asked again when it is needed, with the patience that is due then.
 * For one reading, used by one thread.
 */
final class HeldAhead implements HeldRecords {

  private final HeldRecords held;
  private final HeldRecords patient;
  private final Executor executor;
  private @Nullable Asked next;

  private record Question(Did did, Nsid collection, @Nullable RecordKey after, int most) {

    List<HeldRecord> ask(HeldRecords held) throws Exception {
      return held.page(did, collection, after, most);
    }
  }

  private record Asked(Question question, FutureTask<List<HeldRecord>> task) {}

  /**
   * @param held what the sink tells
   * @param patient the same, by somebody who waits while the sink is away
   */
  HeldAhead(HeldRecords held, HeldRecords patient, Executor executor) {
    this.held = held;
    this.patient = patient;
    this.executor = executor;
  }

  @Override
  public Set<Did> holding(Collection<Did> repos) throws Exception {
    return patient.holding(repos);
  }

  @Override
  public NavigableSet<Nsid> collections(Did did) throws Exception {
    return patient.collections(did);
  }

  @Override
  public List<HeldRecord> page(Did did, Nsid collection, @Nullable RecordKey after, int most)
      throws Exception {
    List<HeldRecord> page = answer(new Question(did, collection, after, most));
    if (page.size() == most) {
      RecordKey last = page.get(most - 1).rkey();
      askAhead(new Question(did, collection, last, most));
    }
    return page;
  }

  private void askAhead(Question question) {
    FutureTask<List<HeldRecord>> task = new FutureTask<>(() -> question.ask(held));
    next = new Asked(question, task);
    try {
      executor.execute(task);
    } catch (RejectedExecutionException e) {
      // The run is about to end; if the page is still needed, it is asked for then.
      next = null;
    }
  }

  private List<HeldRecord> answer(Question question) throws Exception {
    Asked asked = next;
    next = null;
    if (asked == null || !asked.question().equals(question)) {
      return question.ask(patient);
    }
    asked.task().run(); // does nothing where another thread has begun
    try {
      return asked.task().get();
    } catch (ExecutionException e) {
      return question.ask(patient);
    }
  }
}
