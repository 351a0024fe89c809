package io.github.atprotobackfill.fetch;

import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.syntax.Tid;
import java.util.List;

/** What one turn at a host brought. */
public sealed interface FetchTurn {

  /**
   * Records, possibly none, and where to go on once they are stored.
   *
   * @param events the records, in the order of their keys within a collection
   * @param position from where another reading may go on
   * @param rejected records that are not what the protocol says, each named; they were left out
   */
  record Page(List<RecordEvent> events, String position, List<Failure> rejected)
      implements FetchTurn {}

  /**
   * The end: everything wanted has been given.
   *
   * @param rev the rev as of which what was given is true
   * @param moved whether the repo was written to meanwhile, so that a later reading may differ
   */
  record Finished(Tid rev, boolean moved) implements FetchTurn {}

  /**
   * The repo still has the held rev; nothing was read.
   *
   * @param rev that rev
   */
  record Unchanged(Tid rev) implements FetchTurn {}
}
