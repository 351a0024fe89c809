package io.github.atprotobackfill;

import io.github.atprotobackfill.sink.HeldRecord;
import io.github.atprotobackfill.sink.HeldRecords;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Asks a sink what it holds of one repo ahead of its reading: from when the collections are asked
 * for, while the host still sends the repo, page after page in the order of the tree, as far as
 * there is room. What was asked in vain is asked again when it is needed, with the patience that is
 * due then. For one reading, used by one thread, and to be closed with it.
 */
final class HeldAhead implements HeldRecords, AutoCloseable {

  /** Pages that all readings of a run together may have asked for ahead. */
  static final int MOST_PAGES = 32;

  private final HeldRecords held;
  private final HeldRecords patient;
  private final Set<Nsid> scope;
  private final Semaphore room;
  private final Executor executor;

  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<Asked> ahead = new ArrayDeque<>();
  private final NavigableSet<Nsid> collections = new TreeSet<>(Nsid.TREE_ORDER);
  private boolean closed;

  /**
   * @param held what the sink tells
   * @param patient the same, by somebody who waits while the sink is away
   * @param scope the collections that will be asked for; all when there are none
   * @param room a permit for each page that may be asked for ahead
   */
  HeldAhead(
      HeldRecords held, HeldRecords patient, Set<Nsid> scope, Semaphore room, Executor executor) {
    this.held = held;
    this.patient = patient;
    this.scope = scope;
    this.room = room;
    this.executor = executor;
  }

  private record Question(Did did, Nsid collection, @Nullable RecordKey after, int most) {

    Question from(Nsid within, @Nullable RecordKey behind) {
      return new Question(did, within, behind, most);
    }

    List<HeldRecord> ask(HeldRecords held) throws Exception {
      return held.page(did, collection, after, most);
    }
  }

  /** A page that was asked for ahead; asks for the one behind it when it is there. */
  private final class Asked extends FutureTask<List<HeldRecord>> {

    final Question question;

    Asked(Question question) {
      super(() -> question.ask(held));
      this.question = question;
    }

    @Override
    protected void done() {
      lock.lock();
      try {
        if (ahead.peekLast() == this) {
          askBehind(question, get());
        }
      } catch (ExecutionException e) {
        // Whoever needs the page asks again.
      } catch (InterruptedException e) {
        throw new IllegalStateException("what is done need not be waited for", e);
      } finally {
        lock.unlock();
      }
    }
  }

  @Override
  public Set<Did> holding(Collection<Did> repos) throws Exception {
    return patient.holding(repos);
  }

  @Override
  public NavigableSet<Nsid> collections(Did did) throws Exception {
    NavigableSet<Nsid> all = patient.collections(did);
    lock.lock();
    try {
      forgetAll();
      collections.clear();
      collections.addAll(all);
      if (!scope.isEmpty()) {
        collections.retainAll(scope);
      }
      if (!collections.isEmpty()) {
        askAhead(new Question(did, collections.first(), null, PAGE));
      }
    } finally {
      lock.unlock();
    }
    return all;
  }

  @Override
  public List<HeldRecord> page(Did did, Nsid collection, @Nullable RecordKey after, int most)
      throws Exception {
    Question question = new Question(did, collection, after, most);
    List<HeldRecord> page = answer(question, next(question));
    lock.lock();
    try {
      if (ahead.isEmpty()) {
        askBehind(question, page);
      }
    } finally {
      lock.unlock();
    }
    return page;
  }

  private List<HeldRecord> answer(Question question, @Nullable Asked asked) throws Exception {
    if (asked == null) {
      return question.ask(patient);
    }
    asked.run(); // does nothing where another thread has begun
    try {
      return asked.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof InterruptedException stop) {
        throw stop;
      }
      return question.ask(patient);
    }
  }

  /** The page that was asked for ahead; if it is another one, all that were are forgotten. */
  private @Nullable Asked next(Question question) {
    lock.lock();
    try {
      Asked first = ahead.peek();
      if (first == null || !first.question.equals(question)) {
        forgetAll();
        return null;
      }
      room.release();
      return ahead.remove();
    } finally {
      lock.unlock();
    }
  }

  // ---- under the lock

  private void askBehind(Question question, List<HeldRecord> page) {
    if (page.size() == question.most()) {
      RecordKey last = page.get(page.size() - 1).rkey();
      askAhead(question.from(question.collection(), last));
      return;
    }
    Nsid next = collections.higher(question.collection());
    if (next != null) {
      askAhead(question.from(next, null));
    }
  }

  private void askAhead(Question question) {
    if (closed || !room.tryAcquire()) {
      return;
    }
    Asked asked = new Asked(question);
    ahead.add(asked);
    try {
      executor.execute(asked);
    } catch (RejectedExecutionException e) {
      // The run is about to end; what is still needed is asked for when it is.
      forgetAll();
    }
  }

  private void forgetAll() {
    room.release(ahead.size());
    ahead.clear();
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      forgetAll();
    } finally {
      lock.unlock();
    }
  }
}
