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
 * <p>{@code write} may be called by several threads at once, never for the same repo.
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

  /** Releases what the sink opened itself. */
  @Override
  default void close() throws Exception {}
}
