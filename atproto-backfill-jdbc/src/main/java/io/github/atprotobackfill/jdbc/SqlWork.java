package io.github.atprotobackfill.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/** Something done on a connection; tried again from its beginning when the database undid it. */
@FunctionalInterface
interface SqlWork<T> {

  T on(Connection connection) throws SQLException;
}
