package io.github.atprotobackfill.xrpc;

import io.github.atprotobackfill.failure.ErrorKind;
import java.time.Duration;

/** Spends a request from a host's budget, and waits for its turn as long as a thread should. */
final class HostTurns {

  private final Sleeper sleeper;

  HostTurns(Sleeper sleeper) {
    this.sleeper = sleeper;
  }

  /**
   * Returns when the call may be sent.
   *
   * @throws XrpcException with {@link ErrorKind#RATE_LIMITED} and the wait, when it is longer
   */
  void await(Call call, HostBudget budget) throws InterruptedException {
    HostBudget.Turn turn = take(call, budget);
    try {
      sleep(turn.waitNanos());
      // While we waited for our turn, the host may have refused somebody else's request.
      for (long refused; (refused = budget.refusedForNanos()) > 0; ) {
        if (refused > HostBudget.LONGEST_PARK.toNanos()) {
          throw mustWait(call, refused);
        }
        sleep(refused);
      }
    } catch (InterruptedException | XrpcException notSent) {
      budget.giveBack();
      throw notSent;
    }
  }

  /** Spends a request, drawing more as often as there is need within the time for our pacing. */
  private HostBudget.Turn take(Call call, HostBudget budget) throws InterruptedException {
    long patience = HostBudget.LONGEST_PACING.toNanos();
    HostBudget.Turn turn = budget.take();
    while (turn.draws() && turn.waitNanos() <= patience) {
      sleep(turn.waitNanos());
      patience -= turn.waitNanos();
      budget.draw();
      turn = budget.take();
    }
    if (!turn.granted()) {
      throw mustWait(call, turn.waitNanos());
    }
    return turn;
  }

  private void sleep(long nanos) throws InterruptedException {
    if (nanos > 0) {
      sleeper.sleep(nanos);
    } else if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  private static XrpcException mustWait(Call call, long nanos) {
    Duration wait = Duration.ofNanos(nanos);
    String detail = "not asked, for the host's limit allows it in " + wait.toMillis() + " ms";
    return call.failure(ErrorKind.RATE_LIMITED, detail, 0, null, wait);
  }
}
