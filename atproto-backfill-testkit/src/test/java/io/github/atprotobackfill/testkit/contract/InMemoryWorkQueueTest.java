package io.github.atprotobackfill.testkit.contract;

class InMemoryWorkQueueTest extends WorkQueueContract {

  @Override
  protected StoreHarness newHarness() {
    return new InMemoryHarness();
  }
}
