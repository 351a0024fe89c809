package io.github.atprotobackfill.sink;

import io.github.atprotobackfill.progress.AtomicScope;
import java.util.List;
import java.util.Optional;

/**
 * Where records go. A lambda over {@link #write} is a sink.
 *
 * <p><b>Contract.</b> What {@code write} was given is durable when it returns; only then is
 * anything recorded as done. After a crash the same events come again, so a sink is idempotent by
 * {@link RecordEvent#uri()}. A batch may span repos, and may hold the same URI twice: the later
 * wins. An event older (by rev) than what the sink holds of that URI must not undo it.
 *
 * <p>{@code write} may be called by several threads at once, never for the same repo; so may {@code
 * account} and {@code complete}, and never while the same repo is written.
 *
 * <p><b>Deletes.</b> A record that its owner deleted is found missing in one of two ways. A sink
 * that can tell {@linkplain #held() what it holds} is given just the difference, deletes included.
 * One that cannot is given every record of every reading; where it {@linkplain #wantsSnapshots()
 * wants snapshots}, it is told in the end which keys there are. A sink that does neither keeps what
 * was deleted while nobody looked.
 *
 * <p><b>Errors.</b> An exception means that nothing of the batch counts as written. The engine
 * tries again, then in smaller and smaller parts, until only what the sink truly refuses is left
 * out, and named.
 */
@FunctionalInterface
public interface RecordSink extends AutoCloseable {

  /** Stores {@code events}, durably. */
  void write(List<RecordEvent> events) throws Exception;

  /**
   * Stores {@code events} like {@link #write}, and says how many of them changed anything. The
   * engine calls this method only.
   */
  default WriteCounts writeCounted(List<RecordEvent> events) throws Exception {
    write(events);
    return WriteCounts.allWritten(events);
  }

  /**
   * The scope in which this sink writes, if it can share one: where it {@linkplain
   * AtomicScope#joins joins} the work queue's, records and checkpoint are committed together.
   */
  default Optional<AtomicScope> atomicScope() {
    return Optional.empty();
  }

  /** What this sink holds already, if it can tell. */
  default Optional<HeldRecords> held() {
    return Optional.empty();
  }

  /** Whether {@link #complete} is to be called; without effect on a sink that has {@link #held}. */
  default boolean wantsSnapshots() {
    return false;
  }

  /**
   * Takes note of all keys of a repo, after the last record of a complete reading was written. What
   * the sink holds of the collections in scope, is not among the keys and has no newer rev than the
   * snapshot is no longer in the repo, and may be removed. Durable and idempotent like {@code
   * write}: after a crash it comes again. Not called where a host's listing has a key without a
   * readable CID, or keeps no order, since its keys are then not known to be all.
   */
  default void complete(RepoSnapshot snapshot) throws Exception {}

  /**
   * Takes note of how an account stands: its records are to be hidden, shown again or removed.
   * Durable and idempotent; of several events about one account the one with the latest {@link
   * AccountEvent#at} holds, of equally late ones the last.
   */
  default void account(AccountEvent event) throws Exception {}

  /** Releases what the sink opened itself. */
  @Override
  default void close() throws Exception {}
}
