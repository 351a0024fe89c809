package io.github.atprotobackfill.testkit.contract;

class InMemoryProgressStoreTest extends ProgressStoreContract {

  @Override
  protected StoreHarness newHarness() {
    return new InMemoryHarness();
  }
}
