package io.github.atprotobackfill.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.progress.JobSpec;
import io.github.atprotobackfill.progress.QueuedRepo;
import io.github.atprotobackfill.syntax.Did;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A claim reads the beginning of one index and nothing else, so that it takes no longer in a long
 * queue, or in one that is almost done. Plans are asked for on tables that were never analysed.
 */
class ClaimPlanTest {

  private static final int REPOS = 5000;

  private static void fill(TestStorage storage) {
    JdbcStores stores = storage.stores();
    UUID job = stores.progress().open(new JobSpec("collections", "{}")).id();
    List<QueuedRepo> repos = new ArrayList<>();
    for (int i = 0; i < REPOS; i++) {
      repos.add(new QueuedRepo(Did.parse("did:plc:" + i), null, null));
    }
    stores.queue().enqueue(job, repos);
  }

  private static String plan(TestStorage storage, String explain, Object... parameters)
      throws SQLException {
    try (Connection connection = storage.dataSource().getConnection();
        PreparedStatement statement = connection.prepareStatement(explain)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      StringBuilder plan = new StringBuilder();
      try (ResultSet rows = statement.executeQuery()) {
        int last = rows.getMetaData().getColumnCount();
        while (rows.next()) {
          plan.append(rows.getString(last)).append('\n');
        }
      }
      return plan.toString();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = TestStorage.Kind.class,
      names = {"H2_MEMORY", "H2_FILE"})
  void onH2(TestStorage.Kind kind) throws Exception {
    try (TestStorage storage = TestStorage.withSchema(kind)) {
      fill(storage);
      String pick = new BatchRepoSql(new Tables(storage.prefix()), new H2Dialect()).pick;

      String plan = plan(storage, "EXPLAIN " + pick, UUID.randomUUID(), "", 10);

      assertThat(plan).contains((storage.prefix() + "repo_available").toUpperCase(Locale.ROOT));
      assertThat(plan).contains("index sorted");
    }
  }

  @Test
  void onSqlite() throws Exception {
    try (TestStorage storage = TestStorage.withSchema(TestStorage.Kind.SQLITE)) {
      fill(storage);
      String pick = new BatchRepoSql(new Tables(storage.prefix()), new SqliteDialect()).pick;

      String plan =
          plan(storage, "EXPLAIN QUERY PLAN " + pick, UUID.randomUUID().toString(), "", 10);

      assertThat(plan)
          .contains("USING INDEX " + storage.prefix() + "repo_available")
          .contains("available_at>? AND available_at<?")
          .doesNotContain("TEMP B-TREE");
    }
  }

  @Test
  void onPostgresql() throws Exception {
    try (TestStorage storage = TestStorage.withSchema(TestStorage.Kind.POSTGRESQL)) {
      fill(storage);
      Dialect dialect = new PostgresDialect();
      String claim = new PostgresRepoSql(new Tables(storage.prefix()), dialect.now()).claim;
      UUID job = UUID.randomUUID();

      String plan =
          plan(
              storage,
              "EXPLAIN " + claim,
              new String[] {""},
              new Integer[] {10},
              job,
              "worker",
              1000L,
              job);

      assertThat(plan)
          .contains("Index Scan using " + storage.prefix() + "repo_available")
          .contains("(available_at >= 0) AND (available_at <= ")
          .contains("Index Scan using " + storage.prefix() + "repo_pkey")
          .doesNotContain("Seq Scan");
    }
  }

  @Test
  void onMariadb() throws Exception {
    try (TestStorage storage = TestStorage.withSchema(TestStorage.Kind.MARIADB)) {
      fill(storage);
      Dialect dialect = new MariaDbDialect();
      MariaDbRepoSql sql = new MariaDbRepoSql(new Tables(storage.prefix()), dialect.now());
      String job = UUID.randomUUID().toString();
      String json = "EXPLAIN FORMAT=JSON ";
      String sorts = "\"filesort\"|\"using_filesort\": true";

      assertThat(plan(storage, json + sql.pick, job, "", 10))
          .contains("\"key\": \"" + storage.prefix() + "repo_available\"")
          .containsPattern("\"key_length\": \"[0-9]+\"")
          .contains("\"available_at\"")
          .doesNotContainPattern(sorts);
      assertThat(plan(storage, json + sql.take.formatted("?, ?"), "w", 1L, job, "a", "b"))
          .contains("\"key\": \"PRIMARY\"")
          .contains("\"access_type\": \"range\"");
      assertThat(plan(storage, json + sql.look.formatted("?, ?"), job, "a", "b"))
          .contains("\"key\": \"PRIMARY\"")
          .contains("\"access_type\": \"range\"");
    }
  }
}
