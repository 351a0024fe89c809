package io.github.atprotobackfill.fetch;

import io.github.atprotobackfill.sink.HeldRecord;
import io.github.atprotobackfill.sink.HeldRecords;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import io.github.atprotobackfill.syntax.Tid;
import java.util.ArrayDeque;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Goes through what is held of one repo in step with what is read of it. Both come in the order of
 * their keys, a collection at a time, so that one page of what is held is enough to tell what is
 * new, what differs, and what is gone.
 *
 * <p>Where nothing is held, everything is new. Not thread-safe.
 */
final class HeldMerge {

  private final @Nullable HeldRecords held;
  private final Did did;
  private final int pageSize;
  private final ArrayDeque<HeldRecord> page = new ArrayDeque<>();

  private @Nullable Nsid collection;
  private @Nullable RecordKey askAfter;
  private boolean over = true;

  /**
   * @param held null where nothing is held
   */
  HeldMerge(@Nullable HeldRecords held, Did did) {
    this(held, did, HeldRecords.PAGE);
  }

  HeldMerge(@Nullable HeldRecords held, Did did, int pageSize) {
    this.held = held;
    this.pageSize = pageSize;
    this.did = did;
  }

  /** The collections that anything is held of; all of it is gone where the repo has none. */
  NavigableSet<Nsid> collections() throws InterruptedException {
    return held == null ? new TreeSet<>() : asked(() -> held.collections(did));
  }

  /** Begins with a collection, behind a key that was dealt with before. */
  void begin(Nsid next, @Nullable RecordKey after) {
    collection = next;
    askAfter = after;
    page.clear();
    over = held == null;
  }

  /**
   * The next held record that is no longer in the repo, because the repo's next key is {@code key};
   * null when there is none before it. Each is given once.
   *
   * @param key the next key that was read; null when the collection was read to its end
   * @param rev the rev as of which the repo is read: what is held as of a newer one is left alone
   */
  @Nullable RecordKey goneBefore(@Nullable RecordKey key, Tid rev) throws InterruptedException {
    for (HeldRecord next = next(); next != null; next = next()) {
      if (key != null && next.rkey().compareTo(key) >= 0) {
        return null;
      }
      page.remove();
      if (next.rev().compareTo(rev) <= 0) {
        return next.rkey();
      }
    }
    return null;
  }

  /** Whether the record is held as it is; asked once {@link #goneBefore} its key gave null. */
  boolean holds(RecordKey key, Cid cid) throws InterruptedException {
    HeldRecord same = passOver(key);
    return same != null && same.cid().equals(cid);
  }

  /** The held record of this key, which is done with; null when there is none. */
  @Nullable HeldRecord passOver(RecordKey key) throws InterruptedException {
    HeldRecord next = next();
    return next != null && next.rkey().equals(key) ? page.remove() : null;
  }

  private @Nullable HeldRecord next() throws InterruptedException {
    if (page.isEmpty() && !over) {
      fill();
    }
    return page.peek();
  }

  private void fill() throws InterruptedException {
    HeldRecords from = Objects.requireNonNull(held);
    Nsid of = Objects.requireNonNull(collection);
    page.addAll(asked(() -> from.page(did, of, askAfter, pageSize)));
    over = page.size() < pageSize;
    askAfter = over ? null : page.getLast().rkey();
  }

  private interface Question<T> {
    T ask() throws Exception;
  }

  private <T> T asked(Question<T> question) throws InterruptedException {
    try {
      return question.ask();
    } catch (InterruptedException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new HeldUnreadableException("the sink does not tell what it holds of " + did, e);
    }
  }
}
