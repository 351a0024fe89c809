package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.testkit.contract.RepoStatesContract;
import io.github.atprotobackfill.testkit.contract.StoreHarness;
import org.junit.jupiter.api.Nested;

/** The published contract, on every database. */
class JdbcRepoStatesContractTest {

  @Nested
  class Sqlite extends RepoStatesContract {
    @Override
    protected StoreHarness newHarness() {
      return new JdbcHarness(TestStorage.Kind.SQLITE);
    }
  }

  @Nested
  class H2InMemory extends RepoStatesContract {
    @Override
    protected StoreHarness newHarness() {
      return new JdbcHarness(TestStorage.Kind.H2_MEMORY);
    }
  }

  @Nested
  class H2File extends RepoStatesContract {
    @Override
    protected StoreHarness newHarness() {
      return new JdbcHarness(TestStorage.Kind.H2_FILE);
    }
  }

  @Nested
  class Postgresql extends RepoStatesContract {
    @Override
    protected StoreHarness newHarness() {
      return new JdbcHarness(TestStorage.Kind.POSTGRESQL);
    }
  }

  @Nested
  class Mariadb extends RepoStatesContract {
    @Override
    protected StoreHarness newHarness() {
      return new JdbcHarness(TestStorage.Kind.MARIADB);
    }
  }
}
