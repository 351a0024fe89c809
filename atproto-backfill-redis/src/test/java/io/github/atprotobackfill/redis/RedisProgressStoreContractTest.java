package io.github.atprotobackfill.redis;

import io.github.atprotobackfill.testkit.contract.ProgressStoreContract;
import io.github.atprotobackfill.testkit.contract.StoreHarness;

/** The published contract. */
class RedisProgressStoreContractTest extends ProgressStoreContract {

  @Override
  protected StoreHarness newHarness() {
    return new RedisHarness();
  }
}
