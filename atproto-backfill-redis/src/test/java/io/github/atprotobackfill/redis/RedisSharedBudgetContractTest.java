package io.github.atprotobackfill.redis;

import io.github.atprotobackfill.testkit.contract.SharedBudgetContract;
import io.github.atprotobackfill.testkit.contract.StoreHarness;

/** The published contract. */
class RedisSharedBudgetContractTest extends SharedBudgetContract {

  @Override
  protected StoreHarness newHarness() {
    return new RedisHarness();
  }
}
