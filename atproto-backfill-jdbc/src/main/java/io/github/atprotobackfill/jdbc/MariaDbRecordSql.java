package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.sink.RecordDelete;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.syntax.AtUri;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The record table of MariaDB and MySQL. What stands is looked at under a lock; what is new is
 * inserted then, and what has to be is replaced, each in one statement. (An insert that decides by
 * itself what becomes of rows that stand would not tell how many it wrote, and one that fails where
 * a row stands would have drivers warn of it.)
 */
final class MariaDbRecordSql implements RecordSql {

  private static final int DUPLICATE_KEY = 1062;

  private static final Comparator<RecordRow> KEY_ORDER =
      Comparator.comparing((RecordRow row) -> row.put().did())
          .thenComparing(row -> row.put().collection())
          .thenComparing(row -> row.put().rkey());

  private final String insert;
  private final String row;
  private final String replace;
  private final String look;
  private final String delete;

  /** How a record stands. */
  private record Standing(String cid, String rev) {}

  /** A range of keys, as many as are named. */
  private record Place(Did did, Nsid collection) {}

  MariaDbRecordSql(Tables tables, String indexedAt) {
    insert =
        "INSERT INTO %s (did, collection, rkey, cid, rev, record, indexed_at) VALUES "
            .formatted(tables.record());
    row = "(?, ?, ?, ?, ?, ?, %s)".formatted(indexedAt);
    replace =
        " ON DUPLICATE KEY UPDATE cid = VALUES(cid), rev = VALUES(rev),"
            + " record = VALUES(record), indexed_at = VALUES(indexed_at)";
    // The index is named: in a small table any other way would wait for rows that do not matter.
    look =
        "SELECT did, collection, rkey, cid, rev FROM %s FORCE INDEX (PRIMARY) WHERE "
            .formatted(tables.record());
    delete = "DELETE r FROM %s r FORCE INDEX (PRIMARY) WHERE ".formatted(tables.record());
  }

  @Override
  public int put(Connection connection, List<RecordRow> rows) throws SQLException {
    // In one order, so that no two that put the same records deadlock.
    List<RecordRow> fresh = rows.stream().sorted(KEY_ORDER).toList();
    int changed = 0;
    do {
      Map<AtUri, Standing> standing = look(connection, fresh);
      List<RecordRow> changes =
          fresh.stream().filter(row -> givesWay(standing.get(row.put().uri()), row.put())).toList();
      if (!changes.isEmpty()) {
        execute(connection, replace, changes);
        changed += changes.size();
      }
      fresh = fresh.stream().filter(row -> !standing.containsKey(row.put().uri())).toList();
      // Another may have put one of these since we looked; then they are looked at again.
    } while (!insert(connection, fresh));
    return changed + fresh.size();
  }

  private static boolean givesWay(@Nullable Standing standing, RecordPut put) {
    return standing != null
        && !standing.cid().equals(put.cid().toString())
        && standing.rev().compareTo(put.rev().toString()) <= 0;
  }

  /** Inserts records; false, and nothing is done, where one stands already. */
  private boolean insert(Connection connection, List<RecordRow> rows) throws SQLException {
    if (rows.isEmpty()) {
      return true;
    }
    try {
      execute(connection, "", rows);
      return true;
    } catch (SQLException e) {
      if (e.getErrorCode() == DUPLICATE_KEY) {
        return false;
      }
      throw e;
    }
  }

  private void execute(Connection connection, String ending, List<RecordRow> rows)
      throws SQLException {
    String sql = insert + InsertSql.repeated(row, rows.size()) + ending;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      int index = 0;
      for (RecordRow row : rows) {
        RecordPut put = row.put();
        statement.setString(++index, put.did().toString());
        statement.setString(++index, put.collection().toString());
        statement.setString(++index, put.rkey().toString());
        statement.setString(++index, put.cid().toString());
        statement.setString(++index, put.rev().toString());
        statement.setString(++index, row.json());
      }
      statement.executeUpdate();
    }
  }

  private Map<AtUri, Standing> look(Connection connection, List<RecordRow> rows)
      throws SQLException {
    Map<AtUri, Standing> standing = new HashMap<>();
    for (List<RecordRow> part : InsertSql.parts(rows)) {
      Map<Place, List<String>> places = places(part.stream().map(RecordRow::put).toList());
      try (PreparedStatement statement =
          connection.prepareStatement(look + anyOf(places) + " FOR UPDATE")) {
        int index = 0;
        for (Map.Entry<Place, List<String>> place : places.entrySet()) {
          index = set(statement, index, place);
        }
        try (ResultSet found = statement.executeQuery()) {
          while (found.next()) {
            standing.put(
                new AtUri(
                    Did.parse(found.getString(1)),
                    Nsid.parse(found.getString(2)),
                    RecordKey.parse(found.getString(3))),
                new Standing(found.getString(4), found.getString(5)));
          }
        }
      }
    }
    return standing;
  }

  @Override
  public int delete(Connection connection, List<RecordDelete> deletes) throws SQLException {
    Map<String, List<RecordDelete>> byRev =
        deletes.stream()
            .collect(
                Collectors.groupingBy(
                    delete -> delete.rev().toString(), LinkedHashMap::new, Collectors.toList()));
    int deleted = 0;
    for (Map.Entry<String, List<RecordDelete>> ofRev : byRev.entrySet()) {
      for (List<RecordDelete> part : InsertSql.parts(ofRev.getValue())) {
        deleted += delete(connection, part, ofRev.getKey());
      }
    }
    return deleted;
  }

  private int delete(Connection connection, List<RecordDelete> deletes, String rev)
      throws SQLException {
    Map<Place, List<String>> places = places(deletes);
    try (PreparedStatement statement =
        connection.prepareStatement(delete + "(" + anyOf(places) + ") AND rev <= ?")) {
      int index = 0;
      for (Map.Entry<Place, List<String>> place : places.entrySet()) {
        index = set(statement, index, place);
      }
      statement.setString(++index, rev);
      return statement.executeUpdate();
    }
  }

  @Override
  public boolean strictEscapes() {
    return false;
  }

  private static Map<Place, List<String>> places(Collection<? extends RecordEvent> events) {
    Map<Place, List<String>> places = new LinkedHashMap<>();
    for (RecordEvent event : events) {
      places
          .computeIfAbsent(new Place(event.did(), event.collection()), place -> new ArrayList<>())
          .add(event.rkey().toString());
    }
    return places;
  }

  /** Ranges of the primary key. */
  private static String anyOf(Map<Place, List<String>> places) {
    return places.values().stream()
        .map(
            rkeys ->
                "did = ? AND collection = ? AND rkey IN (%s)"
                    .formatted(InsertSql.parameters(rkeys.size())))
        .collect(Collectors.joining(") OR (", "(", ")"));
  }

  private static int set(
      PreparedStatement statement, int before, Map.Entry<Place, List<String>> place)
      throws SQLException {
    int index = before;
    statement.setString(++index, place.getKey().did().toString());
    statement.setString(++index, place.getKey().collection().toString());
    for (String rkey : place.getValue()) {
      statement.setString(++index, rkey);
    }
    return index;
  }
}
