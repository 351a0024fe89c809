package io.github.atprotobackfill.sink;

import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.syntax.Did;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds what is wrong when a sink throws: a single record, which is then left out, or the sink as a
 * whole. A record is to blame only if the sink takes another one, which it took before, at the very
 * time at which it refuses this one. For whoever feeds a sink: each asks the doctor only after the
 * sink threw. Thread-safe.
 */
public final class SinkDoctor {

  /** So often must a record be refused, and another one taken in between. */
  private static final int REFUSALS = 3;

  /** So many suspects before anything at all was taken are enough. */
  private static final int SUSPECTS_OF_AN_OUTAGE = 8;

  private final RecordSink sink;

  /** A record that the sink took; it may be given it again, since sinks are idempotent. */
  private volatile @Nullable RecordEvent taken;

  /** A doctor who has yet to see the sink take anything. */
  public SinkDoctor(RecordSink sink) {
    this.sink = sink;
  }

  /** What a sink is told beside records. */
  @FunctionalInterface
  public interface Note {

    /** Tells it. */
    void tell(RecordSink sink) throws Exception;
  }

  /** The sink took these. */
  public void succeeded(List<RecordEvent> events) {
    if (!events.isEmpty()) {
      taken = events.get(events.size() - 1);
    }
  }

  /**
   * Writes all of {@code events} that the sink takes, telling {@code refused} of each that it does
   * not take even alone.
   *
   * @throws SinkOutageException when it does not take what it took before either
   */
  public WriteCounts writeAllButRefused(
      List<RecordEvent> events, BiConsumer<RecordEvent, Failure> refused)
      throws InterruptedException {
    List<RecordEvent> suspects = new ArrayList<>();
    WriteCounts counts = writeAllButSuspects(events, suspects);
    for (RecordEvent suspect : suspects) {
      counts = counts.plus(writeOrRefuse(suspect, refused));
    }
    return counts;
  }

  private WriteCounts writeAllButSuspects(List<RecordEvent> events, List<RecordEvent> suspects)
      throws InterruptedException {
    if (events.isEmpty()) {
      return WriteCounts.NONE;
    }
    try {
      return write(events);
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      if (events.size() > 1) {
        int middle = events.size() / 2;
        return writeAllButSuspects(events.subList(0, middle), suspects)
            .plus(writeAllButSuspects(events.subList(middle, events.size()), suspects));
      }
      suspects.add(events.get(0));
      if (taken != null || suspects.size() == SUSPECTS_OF_AN_OUTAGE) {
        proveHealth(e);
      }
      return WriteCounts.NONE;
    }
  }

  private WriteCounts writeOrRefuse(RecordEvent event, BiConsumer<RecordEvent, Failure> refused)
      throws InterruptedException {
    for (int refusals = 1; ; refusals++) {
      try {
        return write(List.of(event));
      } catch (InterruptedException e) {
        throw e;
      } catch (Exception e) {
        proveHealth(e);
        if (refusals == REFUSALS) {
          refused.accept(event, Failure.ofSink("the sink refused " + event.uri(), e));
          return WriteCounts.NONE;
        }
      }
    }
  }

  /**
   * Tells the sink something of a repo.
   *
   * @return why the sink does not take it, although it takes what it took before
   * @throws SinkOutageException when it does not take that either
   */
  public Optional<Failure> tellOrRefuse(Did did, Note note) throws InterruptedException {
    for (int refusals = 1; ; refusals++) {
      try {
        note.tell(sink);
        return Optional.empty();
      } catch (InterruptedException e) {
        throw e;
      } catch (Exception e) {
        if (taken != null) {
          proveHealth(e);
        }
        if (refusals == REFUSALS) {
          return Optional.of(Failure.ofSink("the sink refused what became of " + did, e));
        }
      }
    }
  }

  private WriteCounts write(List<RecordEvent> events) throws Exception {
    WriteCounts counts = sink.writeCounted(events);
    succeeded(events);
    return counts;
  }

  private void proveHealth(Exception cause) throws InterruptedException {
    RecordEvent known = taken;
    if (known == null) {
      throw new SinkOutageException(cause);
    }
    try {
      sink.writeCounted(List.of(known));
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      throw new SinkOutageException(e);
    }
  }
}
