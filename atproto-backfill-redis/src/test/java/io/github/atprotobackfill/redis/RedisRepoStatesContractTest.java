package io.github.atprotobackfill.redis;

import io.github.atprotobackfill.testkit.contract.RepoStatesContract;
import io.github.atprotobackfill.testkit.contract.StoreHarness;

/** The published contract. */
class RedisRepoStatesContractTest extends RepoStatesContract {

  @Override
  protected StoreHarness newHarness() {
    return new RedisHarness();
  }
}
