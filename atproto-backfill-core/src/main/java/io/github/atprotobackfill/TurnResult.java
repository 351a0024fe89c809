package io.github.atprotobackfill;

import io.github.atprotobackfill.failure.Failure;

/** What a turn tells of the host at which it was taken, and whether its repo wants another. */
sealed interface TurnResult {

  /** The host answered, whatever it said of the repo, which wants no other turn now. */
  record Answered() implements TurnResult {}

  /** The host answered, and the repo is to have its next turn. */
  record GoesOn() implements TurnResult {}

  /** Much that the host gave is still at hand, and waits until the writer has caught up. */
  record Holds() implements TurnResult {}

  /** The host asked us to wait. */
  record Throttled() implements TurnResult {}

  /** The host did not answer as a host that works does. */
  record HostFailed(Failure failure) implements TurnResult {}

  /** The host was not asked. */
  record NotTaken() implements TurnResult {}

  TurnResult ANSWERED = new Answered();
  TurnResult GOES_ON = new GoesOn();
  TurnResult HOLDS = new Holds();
  TurnResult THROTTLED = new Throttled();
  TurnResult NOT_TAKEN = new NotTaken();
}
