package io.github.atprotobackfill.testkit.network;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The records of one collection of one repo: those it began with, changed by what tests wrote
 * since. Reads both in key order without holding either.
 */
final class RepoContent {

  private static final NavigableMap<String, Account.Write> UNCHANGED =
      java.util.Collections.unmodifiableNavigableMap(new TreeMap<>());

  private final GeneratedCollection generated;
  private final NavigableMap<String, Account.Write> changes;
  private final RecordWriter writer;

  /**
   * @param changes what was put or deleted since; null for nothing
   */
  RepoContent(
      GeneratedCollection generated,
      @Nullable NavigableMap<String, Account.Write> changes,
      RecordWriter writer) {
    this.generated = generated;
    this.changes = changes == null ? UNCHANGED : changes;
    this.writer = writer;
  }

  boolean isEmpty() {
    return changes.isEmpty() ? generated.count() == 0 : page(null, 1, true).isEmpty();
  }

  Optional<StoredRecord> get(String rkey) {
    Account.Write changed = changes.get(rkey);
    if (changed != null) {
      return changed.record();
    }
    int n = countBelow(rkey, false);
    boolean found = n < generated.count() && writer.rkey(generated, n).equals(rkey);
    return found ? Optional.of(writer.record(generated, n)) : Optional.empty();
  }

  /**
   * At most {@code limit} records behind {@code cursor}, which itself is left out and need not
   * exist.
   */
  List<StoredRecord> page(@Nullable String cursor, int limit, boolean ascending) {
    return ascending ? ascending(cursor, limit) : descending(cursor, limit);
  }

  private List<StoredRecord> ascending(@Nullable String cursor, int limit) {
    int n = cursor == null ? 0 : countBelow(cursor, true);
    int step = 1;
    var rest = cursor == null ? changes : changes.tailMap(cursor, false);
    return merge(n, step, rest, limit, Comparator.naturalOrder());
  }

  private List<StoredRecord> descending(@Nullable String cursor, int limit) {
    int n = (cursor == null ? generated.count() : countBelow(cursor, false)) - 1;
    int step = -1;
    var rest = cursor == null ? changes : changes.headMap(cursor, false);
    return merge(n, step, rest.descendingMap(), limit, Comparator.reverseOrder());
  }

  private List<StoredRecord> merge(
      int first,
      int step,
      NavigableMap<String, Account.Write> changed,
      int limit,
      Comparator<String> order) {
    List<StoredRecord> page = new ArrayList<>(Math.min(limit, 100));
    var changedEntries = changed.entrySet().iterator();
    var change = changedEntries.hasNext() ? changedEntries.next() : null;
    int n = first;
    while (page.size() < limit) {
      String key = n >= 0 && n < generated.count() ? writer.rkey(generated, n) : null;
      if (key == null && change == null) {
        break;
      }
      int side = key == null ? 1 : change == null ? -1 : order.compare(key, change.getKey());
      if (side < 0) {
        page.add(writer.record(generated, n));
      } else if (change != null) {
        change.getValue().record().ifPresent(page::add);
        change = changedEntries.hasNext() ? changedEntries.next() : null;
      }
      n += side <= 0 ? step : 0;
    }
    return page;
  }

  /** No less than the number of records. */
  int bound() {
    return generated.count() + changes.size();
  }

  /** Shows all records in the order of their keys, and the keys that were deleted among them. */
  void walk(Walker walker) throws IOException {
    int n = 0;
    for (Map.Entry<String, Account.Write> change : changes.entrySet()) {
      int end = countBelow(change.getKey(), false);
      showGenerated(n, end, walker);
      boolean replaced =
          end < generated.count() && writer.rkey(generated, end).equals(change.getKey());
      n = replaced ? end + 1 : end;
      Account.Write write = change.getValue();
      if (write.record().isPresent() && write.born() == 0) {
        walker.replaced(write.record().get(), write.change(), writer.micros(generated, end));
      } else if (write.record().isPresent()) {
        walker.written(write.record().get(), write.change(), write.born());
      } else {
        walker.deleted(write.change());
      }
    }
    showGenerated(n, generated.count(), walker);
  }

  private void showGenerated(int from, int to, Walker walker) throws IOException {
    for (int n = from; n < to; n++) {
      walker.generated(writer.record(generated, n), writer.micros(generated, n));
    }
  }

  /** Is shown the records of a collection. */
  interface Walker {

    /** A record with which the account began, and when it was written. */
    void generated(StoredRecord record, long micros) throws IOException;

    /**
     * A record that a test wrote in place of one from before, by which change, and when that was.
     */
    void replaced(StoredRecord record, int change, long micros) throws IOException;

    /** A record that a test wrote, by which change, and since which there is one. */
    void written(StoredRecord record, int change, int born) throws IOException;

    /** A record is no more since that change. */
    void deleted(int change) throws IOException;
  }

  /** How many of the first records have keys before {@code bound}, or up to it. */
  private int countBelow(String bound, boolean inclusive) {
    int low = 0;
    int high = generated.count();
    while (low < high) {
      int middle = (low + high) >>> 1;
      int side = writer.rkey(generated, middle).compareTo(bound);
      if (side < 0 || (inclusive && side == 0)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
