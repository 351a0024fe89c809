package io.github.atprotobackfill;

import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.sink.WriteCounts;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Finds what is wrong when a sink throws: a single record, which is then left out, or the sink as a
 * whole. Used by one writer.
 */
final class SinkDoctor {

  /**
   * So many refusals of single records without a success between them mean that the sink is ill.
   */
  private static final int REFUSALS_OF_AN_OUTAGE = 16;

  private final RecordSink sink;
  private int refusalsInARow;

  SinkDoctor(RecordSink sink) {
    this.sink = sink;
  }

  /** The sink took something. */
  void succeeded() {
    refusalsInARow = 0;
  }

  /**
   * Writes all of {@code events} that the sink takes, telling {@code refused} of each that it does
   * not take even alone.
   *
   * @throws SinkOutageException when it seems to take nothing at all
   */
  WriteCounts writeAllButRefused(List<RecordEvent> events, BiConsumer<RecordEvent, Failure> refused)
      throws InterruptedException {
    if (events.isEmpty()) {
      return WriteCounts.NONE;
    }
    try {
      WriteCounts counts = sink.writeCounted(events);
      succeeded();
      return counts;
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      if (events.size() == 1) {
        refuse(events.get(0), e, refused);
        return WriteCounts.NONE;
      }
    }
    int middle = events.size() / 2;
    return writeAllButRefused(events.subList(0, middle), refused)
        .plus(writeAllButRefused(events.subList(middle, events.size()), refused));
  }

  private void refuse(
      RecordEvent event, Exception cause, BiConsumer<RecordEvent, Failure> refused) {
    if (++refusalsInARow >= REFUSALS_OF_AN_OUTAGE) {
      throw new SinkOutageException(cause);
    }
    refused.accept(event, Failure.ofSink(event.uri() + " was refused by the sink", cause));
  }
}
