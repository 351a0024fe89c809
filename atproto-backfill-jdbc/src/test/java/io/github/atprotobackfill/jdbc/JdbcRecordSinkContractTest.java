package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.testkit.contract.RecordSinkContract;
import io.github.atprotobackfill.testkit.contract.SinkHarness;
import org.junit.jupiter.api.Nested;

/** The published contract of sinks, on every database. */
class JdbcRecordSinkContractTest {

  @Nested
  class Sqlite extends RecordSinkContract {
    @Override
    protected SinkHarness newHarness() {
      return new JdbcSinkHarness(TestStorage.Kind.SQLITE);
    }
  }

  @Nested
  class H2InMemory extends RecordSinkContract {
    @Override
    protected SinkHarness newHarness() {
      return new JdbcSinkHarness(TestStorage.Kind.H2_MEMORY);
    }
  }

  @Nested
  class H2File extends RecordSinkContract {
    @Override
    protected SinkHarness newHarness() {
      return new JdbcSinkHarness(TestStorage.Kind.H2_FILE);
    }
  }

  @Nested
  class Postgresql extends RecordSinkContract {
    @Override
    protected SinkHarness newHarness() {
      return new JdbcSinkHarness(TestStorage.Kind.POSTGRESQL);
    }
  }

  @Nested
  class PostgresqlJson extends RecordSinkContract {
    @Override
    protected SinkHarness newHarness() {
      return new JdbcSinkHarness(TestStorage.Kind.POSTGRESQL, RecordColumn.JSON);
    }
  }

  @Nested
  class PostgresqlText extends RecordSinkContract {
    @Override
    protected SinkHarness newHarness() {
      return new JdbcSinkHarness(TestStorage.Kind.POSTGRESQL, RecordColumn.TEXT);
    }
  }

  @Nested
  class Mariadb extends RecordSinkContract {
    @Override
    protected SinkHarness newHarness() {
      return new JdbcSinkHarness(TestStorage.Kind.MARIADB);
    }
  }
}
