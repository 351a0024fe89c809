package io.github.atprotobackfill.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.github.atprotobackfill.progress.StoreException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Finding out which database it is, and saying so when it is none that will do. */
class DatabaseTest {

  @ParameterizedTest
  @EnumSource(TestStorage.Kind.class)
  void theDriverSaysWhichItIs(TestStorage.Kind kind) throws Exception {
    Database expected =
        switch (kind) {
          case SQLITE -> Database.SQLITE;
          case H2_MEMORY, H2_FILE -> Database.H2;
          case POSTGRESQL -> Database.POSTGRESQL;
          case MARIADB -> Database.MARIADB;
        };
    try (TestStorage storage = TestStorage.empty(kind)) {
      assertThat(Database.of(storage.dataSource())).isEqualTo(expected);
    }
  }

  @Test
  void anotherDatabaseIsRefusedByName() {
    assertThatThrownBy(() -> JdbcStores.builder(called("Oracle")).build())
        .isInstanceOf(StoreException.class)
        .hasMessage(
            "the database calls itself Oracle;"
                + " supported are PostgreSQL, MariaDB, MySQL, SQLite and H2");
  }

  @Test
  void mySqlIsSpokenToAsMariaDbIs() {
    assertThat(Database.of(called("MySQL"))).isEqualTo(Database.MARIADB);
  }

  @Test
  void aDatabaseThatCannotBeReachedIsReported() {
    JdbcDataSource nowhere = new JdbcDataSource();
    nowhere.setUrl("jdbc:h2:tcp://localhost:1/none");

    assertThatThrownBy(() -> JdbcSchema.of(nowhere))
        .isInstanceOf(StoreException.class)
        .hasMessageStartingWith("cannot connect to the database: ")
        .hasCauseInstanceOf(SQLException.class);
  }

  @Test
  void aUrlThatNoDriverTakesIsReported() {
    try (HikariDataSource pool = new HikariDataSource()) {
      pool.setJdbcUrl("jdbc:nonsense:here");

      assertThatThrownBy(() -> JdbcRecordSink.builder(pool).build())
          .isInstanceOf(StoreException.class)
          .hasMessageStartingWith("cannot connect to the database: ")
          .hasMessageContaining("jdbc:nonsense:here");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Upper_", "with space", "a.b", "x;", "é", "1st_"})
  void aPrefixThatIsNoPartOfANameIsRefused(String prefix) {
    JdbcSchema.Builder builder = JdbcSchema.builder(new JdbcDataSource());

    assertThatThrownBy(() -> builder.tablePrefix(prefix))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(prefix);
  }

  private static DataSource called(String product) {
    DatabaseMetaData metaData =
        answering(DatabaseMetaData.class, "getDatabaseProductName", product);
    Connection connection = answering(Connection.class, "getMetaData", metaData);
    return answering(DataSource.class, "getConnection", connection);
  }

  private static <T> T answering(Class<T> type, String method, Object answer) {
    InvocationHandler handler =
        (self, called, arguments) -> {
          Object otherwise = called.getReturnType() == boolean.class ? false : null;
          return called.getName().equals(method) ? answer : otherwise;
        };
    Object proxy =
        Proxy.newProxyInstance(DatabaseTest.class.getClassLoader(), new Class<?>[] {type}, handler);
    return type.cast(proxy);
  }
}
