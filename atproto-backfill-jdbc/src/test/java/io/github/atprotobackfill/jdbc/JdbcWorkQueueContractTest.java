package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.testkit.contract.StoreHarness;
import io.github.atprotobackfill.testkit.contract.WorkQueueContract;
import org.junit.jupiter.api.Nested;

/** The published contract, on every database. */
class JdbcWorkQueueContractTest {

  @Nested
  class Sqlite extends WorkQueueContract {
    @Override
    protected StoreHarness newHarness() {
      return new JdbcHarness(TestStorage.Kind.SQLITE);
    }
  }

  @Nested
  class H2InMemory extends WorkQueueContract {
    @Override
    protected StoreHarness newHarness() {
      return new JdbcHarness(TestStorage.Kind.H2_MEMORY);
    }
  }

  @Nested
  class H2File extends WorkQueueContract {
    @Override
    protected StoreHarness newHarness() {
      return new JdbcHarness(TestStorage.Kind.H2_FILE);
    }
  }

  @Nested
  class Postgresql extends WorkQueueContract {
    @Override
    protected StoreHarness newHarness() {
      return new JdbcHarness(TestStorage.Kind.POSTGRESQL);
    }
  }

  @Nested
  class Mariadb extends WorkQueueContract {
    @Override
    protected StoreHarness newHarness() {
      return new JdbcHarness(TestStorage.Kind.MARIADB);
    }
  }
}
