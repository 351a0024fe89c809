package io.github.atprotobackfill.fetch;

import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.RepoSnapshot;
import io.github.atprotobackfill.syntax.Tid;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** What one turn at a host brought. */
public sealed interface FetchTurn {

  /**
   * Records, possibly none, and where to go on once they are stored.
   *
   * @param events the records that differ from what is held, and those that are held and gone, in
   *     the order of their keys within a collection
   * @param unchanged how many records were passed over, because they are held as they are
   * @param position from where another reading may go on; asked for when it is to be stored
   * @param rejected records that are not what the protocol says, each named; they were left out
   * @param unproven what could not be proven and was taken all the same, each named
   */
  record Page(
      List<RecordEvent> events,
      long unchanged,
      Supplier<String> position,
      List<Failure> rejected,
      List<Failure> unproven)
      implements FetchTurn {}

  /**
   * The end: everything wanted has been given.
   *
   * @param rev the rev as of which what was given is true
   * @param moved whether the repo was written to meanwhile, so that what was given is of no single
   *     rev: some of it may be newer
   * @param snapshot all keys, if they were wanted; good until the reading is closed
   */
  record Finished(Tid rev, boolean moved, Optional<RepoSnapshot> snapshot) implements FetchTurn {}

  /**
   * The repo still has the held rev; nothing was read.
   *
   * @param rev that rev
   */
  record Unchanged(Tid rev) implements FetchTurn {}
}
