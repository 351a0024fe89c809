package io.github.atprotobackfill.redis.stream;

import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.sink.AccountEvent;
import io.github.atprotobackfill.sink.RecordEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream on its way into the sink: entries are taken, read, written and acknowledged, in this
 * order. For one thread, save for {@link #renew}.
 */
final class IndexerLane {

  private static final Logger log = LoggerFactory.getLogger(IndexerLane.class);

  /** Handed out so often, an entry may be what ends those who take it. */
  private static final int SUSPICIOUS_DELIVERIES = 3;

  private final ConsumerGroup group;
  private final IndexerWriter writer;
  private final IndexerCounters counters;
  private final int mostDeliveries;

  /** What was taken and not yet answered for. */
  private volatile List<Delivery> held = List.of();

  IndexerLane(
      ConsumerGroup group, IndexerWriter writer, IndexerCounters counters, int mostDeliveries) {
    this.group = group;
    this.writer = writer;
    this.counters = counters;
    this.mostDeliveries = mostDeliveries;
  }

  /** Takes what comes next; whether there was anything. */
  boolean take(int most, Duration longestWait) {
    held = group.next(most, longestWait);
    return !held.isEmpty();
  }

  /** Whether anything of what was taken is left to be written. */
  boolean holdsSomething() {
    return !held.isEmpty();
  }

  /**
   * Writes the next part of what was taken, and answers for it; when it throws, it may be called
   * again, and does the same part once more.
   */
  void workOff() throws InterruptedException {
    List<Delivery> part = nextPart();
    Part read = new Part();
    for (Delivery entry : part) {
      read.add(entry);
    }
    read.write();
    bury(read.dead);
    group.acknowledge(part.stream().filter(entry -> !read.dead.containsKey(entry)).toList());
    held = held.subList(part.size(), held.size());
    read.count();
  }

  /**
   * What nobody was handed before goes together. What somebody was, and did not live to answer for,
   * goes by itself, and what outlived several has to be alone in this consumer's hands: if it is
   * what killed them, it shall not count against the others.
   */
  private List<Delivery> nextPart() {
    if (held.get(0).deliveries() >= SUSPICIOUS_DELIVERIES && held.size() > 1) {
      group.giveBack(held.subList(1, held.size()));
      held = held.subList(0, 1);
    }
    int size = 0;
    while (size < held.size() && held.get(size).deliveries() == 1) {
      size++;
    }
    return held.subList(0, Math.max(size, 1));
  }

  private void bury(Map<Delivery, String> dead) {
    dead.forEach(
        (entry, why) -> {
          log.warn("{}: {} goes to the dead letters: {}", group.stream(), entry.id(), why);
          group.bury(entry, why);
        });
  }

  /** Keeps what was taken for another lease. */
  void renew() {
    group.renew(held);
  }

  /** Leaves what was taken and not written to others, and the group. */
  void leave() {
    group.giveBack(held);
    held = List.of();
    group.leave();
  }

  long backlog() {
    return group.backlog();
  }

  /** Entries that are written and acknowledged together. */
  private final class Part {

    private final IdentityHashMap<RecordEvent, Delivery> changes = new IdentityHashMap<>();
    private final List<Step> steps = new ArrayList<>();
    private final Map<Delivery, String> dead = new LinkedHashMap<>();
    private int indexed;
    private int skipped;
    private int overtaken;

    void add(Delivery entry) {
      if (entry.deliveries() > mostDeliveries) {
        String times = (entry.deliveries() - 1) + " times";
        dead.put(entry, "it was handed out " + times + " and never answered for");
        return;
      }
      try {
        add(read(entry), entry);
      } catch (InvalidStreamEventException e) {
        dead.put(entry, String.valueOf(e.getMessage()));
      }
    }

    private StreamEvent read(Delivery entry) throws InvalidStreamEventException {
      Optional<byte[]> json = entry.field(StreamEvent.FIELD);
      if (json.isEmpty()) {
        throw new InvalidStreamEventException("it has no field " + StreamEvent.FIELD);
      }
      return StreamEventReader.read(json.get());
    }

    private void add(StreamEvent event, Delivery entry) {
      if (event instanceof StreamEvent.Change change) {
        changes.put(change.event(), entry);
        lastStep().records.add(change.event());
        indexed++;
      } else if (event instanceof StreamEvent.Account account) {
        Step step = lastStep();
        step.account = Optional.of(account.event());
        step.entryOfAccount = Optional.of(entry);
        steps.add(new Step());
        indexed++;
      } else {
        skipped++;
      }
    }

    private Step lastStep() {
      if (steps.isEmpty()) {
        steps.add(new Step());
      }
      return steps.get(steps.size() - 1);
    }

    void write() throws InterruptedException {
      for (Step step : steps) {
        overtaken += writer.write(step.records, this::refused);
        if (step.account.isPresent()) {
          writer
              .tell(step.account.get())
              .ifPresent(failure -> refuse(step.entryOfAccount.orElseThrow(), failure));
        }
      }
    }

    private void refused(RecordEvent event, Failure failure) {
      refuse(Objects.requireNonNull(changes.get(event)), failure);
    }

    private void refuse(Delivery entry, Failure failure) {
      dead.put(entry, failure.message());
      indexed--;
    }

    void count() {
      counters.indexed.add(indexed - overtaken);
      counters.skipped.add(skipped);
      counters.overtaken.add(overtaken);
      counters.dead.add(dead.size());
    }
  }

  /** Records that may be written at once, and what becomes of an account after them. */
  private static final class Step {
    private final List<RecordEvent> records = new ArrayList<>();
    private Optional<AccountEvent> account = Optional.empty();
    private Optional<Delivery> entryOfAccount = Optional.empty();
  }
}
