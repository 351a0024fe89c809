package io.github.atprotobackfill.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** H2 2.2 or later in its regular mode: MERGE, and no RETURNING. */
final class H2Dialect implements Dialect {

  /** DUPLICATE_KEY_1 (two merges of one new row), deadlock, LOCK_TIMEOUT_1, CONCURRENT_UPDATE_1. */
  private static final Set<Integer> UNDONE = Set.of(23505, 40001, 50200, 90131);

  /** GENERAL_ERROR_1: among else, what the later of two gets that make one view at once. */
  private static final int GENERAL_ERROR = 50000;

  @Override
  public String now() {
    return "CAST(FLOOR(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000) AS BIGINT)";
  }

  @Override
  public String indexedAt() {
    return "CURRENT_TIMESTAMP(3)";
  }

  @Override
  public Object key(UUID id) {
    return id;
  }

  @Override
  public RepoSql repoSql(Tables tables) {
    return new BatchRepoSql(tables, this);
  }

  @Override
  public RecordSql recordSql(Tables tables, Connection connection) {
    return new BatchRecordSql(tables, this);
  }

  @Override
  public HeldSql heldSql(Tables tables) {
    return new BatchHeldSql(tables);
  }

  @Override
  public String upsert(Upsert upsert) {
    return upsert.merge();
  }

  @Override
  public String insertIfAbsent(String table, String key, String... columns) {
    // Numbered parameters, so that a key is given once; their types are those of the columns.
    String[] numbers = new String[columns.length];
    Arrays.setAll(numbers, i -> "?" + (i + 1));
    String same =
        Arrays.stream(key.split(", "))
            .map(column -> column + " = " + numbers[Arrays.asList(columns).indexOf(column)])
            .collect(Collectors.joining(" AND "));
    return "MERGE INTO %s USING DUAL ON (%s) WHEN NOT MATCHED THEN INSERT (%s) VALUES (%s)"
        .formatted(table, same, String.join(", ", columns), String.join(", ", numbers));
  }

  @Override
  public boolean undone(SQLException e) {
    return UNDONE.contains(e.getErrorCode()) || lostRaceForView(e);
  }

  private static boolean lostRaceForView(SQLException e) {
    return e.getErrorCode() == GENERAL_ERROR
        && String.valueOf(e.getMessage()).contains("object already exists");
  }

  @Override
  public String tableExists(String table) {
    return ("SELECT 1 FROM information_schema.tables"
            + " WHERE table_schema = CURRENT_SCHEMA AND lower(table_name) = '%s'")
        .formatted(table);
  }
}
