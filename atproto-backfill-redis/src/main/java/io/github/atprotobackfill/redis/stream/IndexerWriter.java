package io.github.atprotobackfill.redis.stream;

import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.sink.AccountEvent;
import io.github.atprotobackfill.sink.RecordDelete;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.sink.SinkDoctor;
import io.github.atprotobackfill.sink.SinkOutageException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Gives a sink what came off the streams, and sees to it that a delete stands.
 *
 * <p>That an older rev does not undo a newer one is the sink's own promise. It can keep it only of
 * records that it holds; for those that it has removed there are tombstones. They are set before
 * the sink is told of a delete, and looked at both before and after it is given a record: whoever
 * set one in between may have told the sink too early, so the sink is told of the delete again.
 *
 * <p>For one thread.
 */
final class IndexerWriter {

  private final RecordSink sink;
  private final SinkDoctor doctor;
  private final Tombstones tombstones;
  private boolean tookSomething;

  IndexerWriter(RecordSink sink, Tombstones tombstones) {
    this.sink = sink;
    this.doctor = new SinkDoctor(sink);
    this.tombstones = tombstones;
  }

  /**
   * Writes these, in this order.
   *
   * @param refused is told of each that the sink does not take even alone
   * @return how many were older than what was deleted, and are not in the sink for that
   * @throws SinkOutageException when the sink takes nothing; then all of it may be given again
   */
  int write(List<RecordEvent> events, BiConsumer<RecordEvent, Failure> refused)
      throws InterruptedException {
    if (events.isEmpty()) {
      return 0;
    }
    tombstones.remember(events);
    IdentityHashMap<RecordEvent, RecordDelete> overtaken = tombstones.overtaken(events);
    List<RecordEvent> standing = new ArrayList<>(events);
    standing.removeIf(overtaken::containsKey);
    give(standing, refused);
    IdentityHashMap<RecordEvent, RecordDelete> overtakenMeanwhile = tombstones.overtaken(standing);
    give(
        List.copyOf(overtakenMeanwhile.values()),
        (delete, failure) -> refused.accept(putOf(delete, overtakenMeanwhile), failure));
    return overtaken.size() + overtakenMeanwhile.size();
  }

  private static RecordEvent putOf(
      RecordEvent delete, IdentityHashMap<RecordEvent, RecordDelete> lost) {
    return lost.entrySet().stream()
        .filter(entry -> entry.getValue().equals(delete))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }

  private void give(List<RecordEvent> events, BiConsumer<RecordEvent, Failure> refused)
      throws InterruptedException {
    if (!events.isEmpty()) {
      doctor.writeAllButRefused(events, refused);
      tookSomething = true;
    }
  }

  /**
   * Tells the sink how an account stands.
   *
   * @return why it does not take it, although it takes others
   * @throws SinkOutageException when the sink takes nothing
   */
  Optional<Failure> tell(AccountEvent event) throws InterruptedException {
    if (tookSomething) {
      return doctor.tellOrRefuse(event.did(), told -> told.account(event));
    }
    // Nobody knows of anything yet that this sink would take if it were well.
    try {
      sink.account(event);
      return Optional.empty();
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      throw new SinkOutageException(e);
    }
  }
}
