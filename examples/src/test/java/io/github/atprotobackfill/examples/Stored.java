package io.github.atprotobackfill.examples;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;

/** What the tool left in a database, read past the library. */
final class Stored {

  private Stored() {}

  /** CIDs by URI of the records. */
  static Map<String, String> records(String url) throws SQLException {
    return pairs(url, "select uri, cid from atproto_record");
  }

  /** CIDs by URI of the records of accounts that are served. */
  static Map<String, String> visibleRecords(String url) throws SQLException {
    return pairs(url, "select uri, cid from atproto_visible_record");
  }

  /** The states of the repos of one job, by DID. */
  static Map<String, String> ends(String url, String job) throws SQLException {
    return pairs(url, "select did, state from atproto_repo where job_id = '" + job + "'");
  }

  private static Map<String, String> pairs(String url, String query) throws SQLException {
    Map<String, String> pairs = new HashMap<>();
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        if (pairs.put(rows.getString(1), rows.getString(2)) != null) {
          throw new AssertionError("twice: " + rows.getString(1));
        }
      }
    }
    return pairs;
  }
}
