package io.github.atprotobackfill.examples;

import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.xrpc.SharedBudget;
import java.time.InstantSource;

/**
 * The budget that the stores of a job keep. They are opened when the network is already: the few
 * requests before that, such as look-ups of handles, are spent from a budget of this process alone.
 */
final class StoredBudget implements SharedBudget {

  private volatile SharedBudget kept = SharedBudget.inMemory(InstantSource.system());

  /** From here on, it is what these stores keep. */
  void keptBy(BackfillStores stores) {
    kept =
        stores
            .sharedBudget()
            .orElseThrow(() -> new ToolException("these stores keep no shared budget", null));
  }

  @Override
  public Drawn draw(Draw wanted) {
    return kept.draw(wanted);
  }
}
