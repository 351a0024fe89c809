package io.github.atprotobackfill.fetch;

import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.sink.RecordDelete;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import io.github.atprotobackfill.syntax.Tid;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a turn gives, while it is being put together; bounded, so that a turn is. */
final class PageInMaking {

  /** Events on a page. */
  static final int MOST_EVENTS = 1000;

  /** Bytes of records on a page, to which the last record may add its own. */
  static final int MOST_BYTES = 1 << 20;

  /** Records passed over on a page, so that a long unchanged repo can be put down in between. */
  static final int MOST_UNCHANGED = 50_000;

  /** Failures on a page. */
  static final int MOST_FAILURES = 1000;

  private final Did did;
  private final Tid rev;
  private final @Nullable Cid commit;
  private final List<RecordEvent> events = new ArrayList<>();
  private final List<Failure> rejected = new ArrayList<>();
  private final List<Failure> unproven = new ArrayList<>();
  private long unchanged;
  private long bytes;

  PageInMaking(Did did, Tid rev, @Nullable Cid commit) {
    this.did = did;
    this.rev = rev;
    this.commit = commit;
  }

  boolean isFull() {
    return events.size() >= MOST_EVENTS
        || bytes >= MOST_BYTES
        || unchanged >= MOST_UNCHANGED
        || rejected.size() + unproven.size() >= MOST_FAILURES;
  }

  /**
   * Adds a record.
   *
   * @throws io.github.atprotobackfill.repo.InvalidRepoException when its block is none of a record;
   *     it is not on the page then
   */
  void put(RecordPut put) {
    bytes += put.value().json().length;
    events.add(put.withCommit(commit));
  }

  void gone(Nsid collection, RecordKey rkey) {
    events.add(new RecordDelete(did, collection, rkey, rev));
  }

  void unchanged() {
    unchanged++;
  }

  void rejected(Failure failure) {
    rejected.add(failure);
  }

  void rejected(List<Failure> failures) {
    rejected.addAll(failures);
  }

  void unproven(Failure failure) {
    unproven.add(failure);
  }

  FetchTurn.Page page(Supplier<String> position) {
    return new FetchTurn.Page(events, unchanged, position, rejected, unproven);
  }
}
