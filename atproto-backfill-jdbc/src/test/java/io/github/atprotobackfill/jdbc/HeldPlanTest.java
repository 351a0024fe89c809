package io.github.atprotobackfill.jdbc;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * A page of what is held reads as many rows as it has, whatever the database believes about the
 * table: here one repo has most of it, its rows lie scattered, and statistics know nothing of it.
 */
class HeldPlanTest {

  private static final String BIG = "did:plc:zbig";
  private static final String COLLECTION = "com.example.note";

  private static final String FEW_OF_EACH = "('did:plc:' || (n % 2000))";
  private static final String MOST_OF_ONE =
      "(CASE WHEN n % 4 = 0 THEN 'did:plc:' || n ELSE '" + BIG + "' END)";

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

  /** Rows in an order that is not that of their keys. */
  private static void fillPostgresql(TestStorage storage, String did, int from, int to)
      throws SQLException {
    storage.execute(
        """
        INSERT INTO $record (did, collection, rkey, cid, rev, record, indexed_at)
        SELECT %s, '%s', 'k' || n, 'bafyreia', '3jzfcijpj2z2a', '{}', now()
        FROM generate_series(%d, %d) n ORDER BY md5(n::text)
        """
            .formatted(did, COLLECTION, from, to));
  }

  @Test
  void onPostgresqlWithStatisticsThatNeverSawTheRepo() throws Exception {
    try (TestStorage storage = TestStorage.withSchema(TestStorage.Kind.POSTGRESQL)) {
      storage.execute("ALTER TABLE $record SET (autovacuum_enabled = false)");
      fillPostgresql(storage, FEW_OF_EACH, 0, 20_000);
      storage.execute("ANALYZE $record");
      fillPostgresql(storage, MOST_OF_ONE, 20_001, 80_000);

      assertPlans(storage);
    }
  }

  @Test
  void onPostgresqlWithoutStatistics() throws Exception {
    try (TestStorage storage = TestStorage.withSchema(TestStorage.Kind.POSTGRESQL)) {
      storage.execute("ALTER TABLE $record SET (autovacuum_enabled = false)");
      fillPostgresql(storage, MOST_OF_ONE, 0, 60_000);

      assertPlans(storage);
    }
  }

  @Test
  void onPostgresqlWithStatistics() throws Exception {
    try (TestStorage storage = TestStorage.withSchema(TestStorage.Kind.POSTGRESQL)) {
      fillPostgresql(storage, MOST_OF_ONE, 0, 60_000);
      storage.execute("ANALYZE $record");

      assertPlans(storage);
    }
  }

  private static void assertPlans(TestStorage storage) throws SQLException {
    PostgresHeldSql sql = new PostgresHeldSql(new Tables(storage.prefix()));
    String key = storage.prefix() + "record_pkey";

    String page = plan(storage, "EXPLAIN ANALYZE " + sql.page(1000), BIG, COLLECTION, "k3");
    assertThat(page)
        .containsPattern("Index (Only )?Scan using " + key + ".* rows=1000(\\.00)? loops=1")
        .contains("Index Cond: ((ROW(did, collection, rkey) > ")
        .doesNotContain("Seq Scan", "Bitmap", "Filter");

    Object dids = new String[] {BIG, "did:plc:4", "did:plc:none"};
    assertThat(plan(storage, "EXPLAIN " + sql.holding, dids))
        .contains("Index Only Scan using " + key)
        .doesNotContain("Seq Scan", "Sort");

    Object one = new String[] {BIG};
    Object collection = new String[] {COLLECTION};
    String holdsAny = "EXPLAIN ANALYZE " + holdsAny(storage);
    assertThat(plan(storage, holdsAny, one, collection, of("k2"), collection, of("k4")))
        .containsPattern("Index Only Scan using " + key + ".* rows=1(\\.00)? loops=1")
        .containsPattern("Index Cond: \\(\\(ROW\\(.*\\) >= ROW\\(.*\\) <= ROW\\(")
        .doesNotContain("Seq Scan", "Sort", "Filter");
    assertThat(plan(storage, holdsAny, one, collection, of("none"), collection, of("nonesuch")))
        .containsPattern("Index Only Scan using " + key + ".* rows=0(\\.00)? loops=1")
        .doesNotContain("Seq Scan", "Sort", "Filter");

    assertThat(plan(storage, "EXPLAIN ANALYZE " + sql.collections, BIG))
        .containsPattern("Index Only Scan using " + key + ".* rows=1(\\.00)? loops=1")
        .contains("AND (collection > c")
        .doesNotContain("Seq Scan", "Sort");
  }

  private static Object of(String rkey) {
    return new String[] {rkey};
  }

  private static String holdsAny(TestStorage storage) throws SQLException {
    try (Connection connection = storage.dataSource().getConnection()) {
      Tables tables = new Tables(storage.prefix());
      return PostgresRecordSql.on(tables, "now()", connection).holdsAny;
    }
  }

  @Test
  void onSqlite() throws Exception {
    try (TestStorage storage = TestStorage.withSchema(TestStorage.Kind.SQLITE)) {
      BatchHeldSql sql = new BatchHeldSql(new Tables(storage.prefix()));
      String explain = "EXPLAIN QUERY PLAN ";

      assertThat(plan(storage, explain + sql.page(1000), BIG, COLLECTION, ""))
          .contains("(did=? AND collection=? AND rkey>?)")
          .doesNotContain("SCAN", "TEMP B-TREE");
      assertThat(plan(storage, explain + sql.firstCollection, BIG, ""))
          .contains("USING COVERING INDEX")
          .contains("(did=? AND collection>?)")
          .doesNotContain("SCAN", "TEMP B-TREE");
    }
  }

  @Test
  void onH2() throws Exception {
    try (TestStorage storage = TestStorage.withSchema(TestStorage.Kind.H2_MEMORY)) {
      BatchHeldSql sql = new BatchHeldSql(new Tables(storage.prefix()));
      storage.execute(
          """
          INSERT INTO $record (did, collection, rkey, cid, rev, record, indexed_at)
          SELECT '%s', 'com.example.c' || (x / 1000), 'k' || x, 'bafyreia', '3jzfcijpj2z2a', '{}',
            CURRENT_TIMESTAMP
          FROM system_range(0, 9999)
          """
              .formatted(BIG));

      String page = plan(storage, "EXPLAIN ANALYZE " + sql.page(10), BIG, "com.example.c3", "k3");
      String next = plan(storage, "EXPLAIN ANALYZE " + sql.firstCollection, BIG, "com.example.c3-");

      String index = "PRIMARY_KEY_";
      assertThat(page.toUpperCase(Locale.ROOT)).contains(index);
      assertThat(page).contains("index sorted").containsPattern("scanCount: 1[01]\\s");
      assertThat(next).contains("index sorted").containsPattern("scanCount: [12]\\s");
    }
  }

  @Test
  void onMariadb() throws Exception {
    try (TestStorage storage = TestStorage.withSchema(TestStorage.Kind.MARIADB)) {
      MariaDbHeldSql sql = new MariaDbHeldSql(new Tables(storage.prefix()));
      String numbers =
          IntStream.range(0, 2000)
              .mapToObj(n -> "SELECT " + n + " n")
              .collect(joining(" UNION ALL "));
      storage.execute(
          """
          INSERT INTO $record (did, collection, rkey, cid, rev, record, indexed_at)
          SELECT '%s', CONCAT('com.example.c', n DIV 1000), CONCAT('k', n), 'bafyreia',
            '3jzfcijpj2z2a', '{}', UTC_TIMESTAMP(3)
          FROM (%s) numbers
          """
              .formatted(BIG, numbers));
      String explain = "EXPLAIN FORMAT=JSON ";
      String otherWays =
          "\"filesort\"|\"using_filesort\": true|\"access_type\": \"(index|index_merge)\"";

      assertThat(plan(storage, explain + sql.page(1000), BIG, "com.example.c1", "k1"))
          .contains("\"access_type\": \"range\"")
          .contains("\"rkey\"")
          .doesNotContainPattern(otherWays);
      assertThat(plan(storage, explain + sql.holding, BIG))
          .contains("\"key\": \"PRIMARY\"")
          .doesNotContainPattern(otherWays);
      assertThat(plan(storage, explain + sql.collections, BIG, "", BIG))
          .contains("\"key\": \"PRIMARY\"")
          .doesNotContainPattern(otherWays);
    }
  }
}
