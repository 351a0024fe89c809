package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.testkit.contract.SharedBudgetContract;
import io.github.atprotobackfill.testkit.contract.StoreHarness;
import org.junit.jupiter.api.Nested;

/** The published contract, on every database. */
class JdbcSharedBudgetContractTest {

  @Nested
  class Sqlite extends SharedBudgetContract {
    @Override
    protected StoreHarness newHarness() {
      return new JdbcHarness(TestStorage.Kind.SQLITE);
    }
  }

  @Nested
  class H2InMemory extends SharedBudgetContract {
    @Override
    protected StoreHarness newHarness() {
      return new JdbcHarness(TestStorage.Kind.H2_MEMORY);
    }
  }

  @Nested
  class H2File extends SharedBudgetContract {
    @Override
    protected StoreHarness newHarness() {
      return new JdbcHarness(TestStorage.Kind.H2_FILE);
    }
  }

  @Nested
  class Postgresql extends SharedBudgetContract {
    @Override
    protected StoreHarness newHarness() {
      return new JdbcHarness(TestStorage.Kind.POSTGRESQL);
    }
  }

  @Nested
  class Mariadb extends SharedBudgetContract {
    @Override
    protected StoreHarness newHarness() {
      return new JdbcHarness(TestStorage.Kind.MARIADB);
    }
  }
}
