/**
 * Stores and a record sink in a database of the host: PostgreSQL, MariaDB, MySQL, SQLite or H2, by
 * plain JDBC.
 *
 * <p>{@link io.github.atprotobackfill.jdbc.JdbcSchema} makes the tables, {@link
 * io.github.atprotobackfill.jdbc.JdbcStores} remembers what is done and what is left, {@link
 * io.github.atprotobackfill.jdbc.JdbcRecordSink} keeps the records. Built on one {@code
 * DataSource}, the last two commit records and checkpoint in one transaction.
 *
 * <p>No connection is held between calls, or while anything is asked of the network. A pool is
 * wanted in front of a server, and does no harm elsewhere.
 */
@NullMarked
package io.github.atprotobackfill.jdbc;

import org.jspecify.annotations.NullMarked;
