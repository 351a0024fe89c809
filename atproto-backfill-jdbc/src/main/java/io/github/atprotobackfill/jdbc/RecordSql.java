package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.sink.RecordDelete;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** The statements on the record table, written for each kind of database. Keys are distinct. */
interface RecordSql {

  /**
   * Inserts or replaces records that are not held, or held with another CID and not a newer rev.
   *
   * @return how many rows were written
   */
  int put(Connection connection, List<RecordRow> rows) throws SQLException;

  /** Removes records that are held in this rev or an older one; returns how many. */
  int delete(Connection connection, List<RecordDelete> deletes) throws SQLException;

  /** Whether the column refuses JSON escapes that stand for no character, as jsonb does. */
  boolean strictEscapes();
}
