package io.github.atprotobackfill.redis;

import io.github.atprotobackfill.testkit.contract.StoreHarness;
import io.github.atprotobackfill.testkit.contract.WorkQueueContract;

/** The published contract. */
class RedisWorkQueueContractTest extends WorkQueueContract {

  @Override
  protected StoreHarness newHarness() {
    return new RedisHarness();
  }
}
