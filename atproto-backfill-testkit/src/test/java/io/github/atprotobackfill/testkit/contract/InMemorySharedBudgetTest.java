package io.github.atprotobackfill.testkit.contract;

class InMemorySharedBudgetTest extends SharedBudgetContract {

  @Override
  protected StoreHarness newHarness() {
    return new InMemoryHarness();
  }
}
