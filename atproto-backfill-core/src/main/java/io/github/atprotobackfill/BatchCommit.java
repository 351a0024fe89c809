package io.github.atprotobackfill;

import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.progress.HeldRepo;
import io.github.atprotobackfill.progress.JobCounts;
import io.github.atprotobackfill.progress.LeaseUpdate;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.sink.WriteCounts;
import io.github.atprotobackfill.syntax.Did;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One try at making a batch durable: its records, what is noted of its repos, and the counts. */
final class BatchCommit {

  private final RunContext run;
  private final RecordSink sink;
  private final BackfillStores stores;
  private final List<WriteItem> items;
  private final boolean withRecords;
  private final Map<Did, LeaseUpdate> updates = new LinkedHashMap<>();
  private final Map<Did, LeaseUpdate> checkpointsFirst = new LinkedHashMap<>();
  private final List<RecordEvent> events = new ArrayList<>();

  private Set<Did> lost = Set.of();
  private long leaseDeadline;
  private WriteCounts writeCounts = WriteCounts.NONE;
  private long seen;
  private JobCounts counts = JobCounts.NONE;
  private boolean counted;

  /**
   * @param items what may still be written
   * @param withRecords whether the records are to be written, or were already
   */
  BatchCommit(RunContext run, List<WriteItem> items, boolean withRecords) {
    this.run = run;
    this.sink = run.settings().sink();
    this.stores = run.settings().stores();
    this.items = items;
    this.withRecords = withRecords;
    items.forEach(item -> note(item.update().get()));
  }

  /**
   * Of one repo, what is noted last says all that was noted before it; save that a repo is given
   * back at the position that is stored, which then has to be stored first.
   */
  private void note(LeaseUpdate update) {
    Did did = update.lease().did();
    LeaseUpdate before = updates.put(did, update);
    boolean givenBack =
        update instanceof LeaseUpdate.Release || update instanceof LeaseUpdate.Retry;
    if (givenBack && before instanceof LeaseUpdate.Checkpoint) {
      checkpointsFirst.put(did, before);
    }
  }

  /**
   * In one transaction the fences come first, so that nothing of a lost lease is written at all.
   */
  void inOneTransaction() throws Exception {
    applyUpdates();
    writeRecords();
    tellSink();
    remember();
  }

  /**
   * Otherwise the records come first: a checkpoint may lag, never lead. To be followed by {@link
   * #remember}.
   */
  void recordsThenCheckpoint() throws Exception {
    writeRecords();
    tellSink();
    applyUpdates();
  }

  private void applyUpdates() {
    // Reckoned before the store is asked: what comes after may have to wait for it.
    leaseDeadline = run.leaseDeadline();
    if (!checkpointsFirst.isEmpty()) {
      stores.queue().apply(run.id(), List.copyOf(checkpointsFirst.values()));
    }
    if (!updates.isEmpty()) {
      lost = stores.queue().apply(run.id(), List.copyOf(updates.values()));
    }
  }

  private void writeRecords() throws Exception {
    if (!withRecords) {
      return;
    }
    long unchanged = 0;
    for (WriteItem item : items) {
      if (isOurs(item)) {
        events.addAll(item.events());
        unchanged += item.unchanged();
      }
    }
    seen = events.size() + unchanged;
    writeCounts = events.isEmpty() ? WriteCounts.NONE : sink.writeCounted(events);
    writeCounts = writeCounts.plus(new WriteCounts(0, unchanged, 0));
  }

  private void tellSink() throws Exception {
    for (WriteItem item : items) {
      if (withRecords && item.note() != null && isOurs(item)) {
        item.note().tell(sink);
      }
    }
  }

  /**
   * Stores what is known of the repos now, and the counts. May be tried again: it needs no lease,
   * and where the leases were handed back before it nobody else would do it.
   */
  void remember() {
    List<HeldRepo> held = new ArrayList<>();
    for (WriteItem item : items) {
      if (isOurs(item)) {
        run.held(item.worker(), updates.get(item.worker().did())).ifPresent(held::add);
      }
    }
    if (!held.isEmpty()) {
      stores.states().save(held);
    }
    if (!counted) {
      counts = run.counters().take(seen, writeCounts);
      counted = true;
    }
    stores.progress().addCounts(run.id(), counts);
  }

  private boolean isOurs(WriteItem item) {
    return !lost.contains(item.worker().did());
  }

  /** The try failed: what was counted is to be counted again. */
  void undo() {
    run.counters().giveBack(counts);
  }

  /** Tells everybody, once it is durable. */
  void tell() {
    if (seen > 0) {
      run.listener().written(writeCounts.written(), writeCounts.unchanged(), writeCounts.deleted());
    }
    for (WriteItem item : items) {
      if (isOurs(item)) {
        item.worker().term().renewed(leaseDeadline);
      } else {
        item.worker().term().lost();
      }
    }
    updates.values().stream()
        .filter(update -> !lost.contains(update.lease().did()))
        .forEach(run::noted);
  }

  /** The records that were written. */
  List<RecordEvent> written() {
    return events;
  }
}
