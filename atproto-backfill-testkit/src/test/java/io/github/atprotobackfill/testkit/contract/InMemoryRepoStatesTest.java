package io.github.atprotobackfill.testkit.contract;

class InMemoryRepoStatesTest extends RepoStatesContract {

  @Override
  protected StoreHarness newHarness() {
    return new InMemoryHarness();
  }
}
