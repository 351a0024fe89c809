package io.github.atprotobackfill;

import io.github.atprotobackfill.failure.Failure;

/** What a turn tells of the host at which it was taken. */
sealed interface TurnResult {

  /** The host answered, whatever it said of the repo. */
  record Answered() implements TurnResult {}

  /** The host asked us to wait. */
  record Throttled() implements TurnResult {}

  /** The host did not answer as a host that works does. */
  record HostFailed(Failure failure) implements TurnResult {}

  /** The host was not asked. */
  record NotTaken() implements TurnResult {}

  TurnResult ANSWERED = new Answered();
  TurnResult THROTTLED = new Throttled();
  TurnResult NOT_TAKEN = new NotTaken();
}
