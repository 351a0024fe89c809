package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.testkit.contract.ProgressStoreContract;
import io.github.atprotobackfill.testkit.contract.StoreHarness;
import org.junit.jupiter.api.Nested;

/** The published contract, on every database. */
class JdbcProgressStoreContractTest {

  @Nested
  class Sqlite extends ProgressStoreContract {
    @Override
    protected StoreHarness newHarness() {
      return new JdbcHarness(TestStorage.Kind.SQLITE);
    }
  }

  @Nested
  class H2InMemory extends ProgressStoreContract {
    @Override
    protected StoreHarness newHarness() {
      return new JdbcHarness(TestStorage.Kind.H2_MEMORY);
    }
  }

  @Nested
  class H2File extends ProgressStoreContract {
    @Override
    protected StoreHarness newHarness() {
      return new JdbcHarness(TestStorage.Kind.H2_FILE);
    }
  }

  @Nested
  class Postgresql extends ProgressStoreContract {
    @Override
    protected StoreHarness newHarness() {
      return new JdbcHarness(TestStorage.Kind.POSTGRESQL);
    }
  }

  @Nested
  class Mariadb extends ProgressStoreContract {
    @Override
    protected StoreHarness newHarness() {
      return new JdbcHarness(TestStorage.Kind.MARIADB);
    }
  }
}
