package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.progress.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs work on a connection that is taken for it and given back after it, or on that of the scope
 * the thread is in. What the database undid for reasons that pass (a deadlock, a busy file, a
 * connection lost before the commit) is tried again, {@value #TRIES} times in all.
 */
final class Transactions {

  private static final Logger LOG = LoggerFactory.getLogger(Transactions.class);

  static final int TRIES = 5;
  private static final long FIRST_PAUSE_MILLIS = 20;

  /** Where only one connection can write, threads take turns here, fairly and without polling. */
  private static final Map<DataSource, ReentrantLock> TURNS =
      Collections.synchronizedMap(new WeakHashMap<>());

  private final DataSource dataSource;
  private final Dialect dialect;

  Transactions(DataSource dataSource, Dialect dialect) {
    this.dataSource = dataSource;
    this.dialect = dialect;
  }

  DataSource dataSource() {
    return dataSource;
  }

  Dialect dialect() {
    return dialect;
  }

  /** Whether the current thread is in a scope, so that what it writes may still be undone. */
  boolean inScope() {
    return ScopedConnection.of(dataSource) != null;
  }

  /** Reads; several statements may see different moments. */
  <T> T read(String what, SqlWork<T> work) {
    try {
      ScopedConnection scope = ScopedConnection.of(dataSource);
      return scope != null ? scope.use(work) : repeatedly(() -> readOnce(work));
    } catch (SQLException e) {
      throw failure(what, e);
    }
  }

  /** Writes in one transaction. */
  <T> T write(String what, SqlWork<T> work) {
    try {
      return write(work);
    } catch (SQLException e) {
      throw failure(what, e);
    }
  }

  /** Writes in one transaction, failing with the database's own exception. */
  <T> T write(SqlWork<T> work) throws SQLException {
    ScopedConnection scope = ScopedConnection.of(dataSource);
    if (scope != null) {
      return scope.use(work);
    }
    return inTurn(() -> repeatedly(() -> committed(begin(), work::on)));
  }

  /**
   * Runs {@code work} in one transaction that all calls in it join. The work is run once, since it
   * is not known what else it does; only the beginning is tried again.
   */
  <T> T scope(Callable<T> work) throws Exception {
    if (inScope()) {
      return work.call();
    }
    return inTurn(
        () ->
            committed(
                repeatedly(this::begin),
                connection -> {
                  ScopedConnection scope = ScopedConnection.open(dataSource, connection);
                  try {
                    T result = work.call();
                    scope.requireWhole();
                    return result;
                  } finally {
                    ScopedConnection.close(dataSource);
                  }
                }));
  }

  @FunctionalInterface
  private interface Attempt<T, E extends Exception> {
    T run() throws E, SQLException;
  }

  @FunctionalInterface
  private interface Body<T, E extends Exception> {
    T on(Connection connection) throws E, SQLException;
  }

  private <T, E extends Exception> T inTurn(Attempt<T, E> attempt) throws E, SQLException {
    if (!dialect.singleWriter()) {
      return attempt.run();
    }
    ReentrantLock turn = TURNS.computeIfAbsent(dataSource, key -> new ReentrantLock(true));
    turn.lock();
    try {
      return attempt.run();
    } finally {
      turn.unlock();
    }
  }

  private <T> T repeatedly(Attempt<T, SQLException> attempt) throws SQLException {
    for (int tries = 1; ; tries++) {
      try {
        return attempt.run();
      } catch (SQLException e) {
        if (tries == TRIES || !mayRepeat(e)) {
          throw e;
        }
        LOG.debug("trying again after: {}", e.getMessage());
        pause(tries, e);
      }
    }
  }

  private <T> T readOnce(SqlWork<T> work) throws SQLException {
    try (Borrowed borrowed = Borrowed.from(dataSource)) {
      return work.on(borrowed.autoCommitting());
    }
  }

  private Borrowed begin() throws SQLException {
    Borrowed borrowed = Borrowed.from(dataSource);
    try {
      dialect.begin(borrowed.connection());
      return borrowed;
    } catch (SQLException e) {
      borrowed.close();
      throw e;
    }
  }

  private <T, E extends Exception> T committed(Borrowed begun, Body<T, E> body)
      throws E, SQLException {
    try (begun) {
      T result;
      try {
        result = body.on(begun.connection());
      } catch (Throwable e) {
        rollback(begun, e);
        throw e;
      }
      commit(begun);
      return result;
    }
  }

  private void commit(Borrowed begun) throws SQLException {
    try {
      dialect.commit(begun.connection());
    } catch (SQLException e) {
      rollback(begun, e);
      throw undone(e) ? e : new UncertainCommitException(e);
    }
  }

  private void rollback(Borrowed begun, Throwable cause) {
    try {
      dialect.rollback(begun.connection());
    } catch (SQLException e) {
      begun.leaveMode();
      cause.addSuppressed(e);
    }
  }

  private boolean mayRepeat(SQLException e) {
    return undone(e) || (connectionLost(e) && !(e instanceof UncertainCommitException));
  }

  private boolean undone(SQLException e) {
    return chain(e).anyMatch(dialect::undone);
  }

  /** SQLState class 08; a server that shuts down says 57P01 to 57P03 first. */
  private static boolean connectionLost(SQLException e) {
    return chain(e)
        .map(SQLException::getSQLState)
        .anyMatch(state -> state != null && (state.startsWith("08") || state.startsWith("57P0")));
  }

  /** The exception and those it carries; pools and batches wrap the one that says what happened. */
  private static Stream<SQLException> chain(SQLException e) {
    return StreamSupport.stream(e.spliterator(), false)
        .filter(SQLException.class::isInstance)
        .map(SQLException.class::cast);
  }

  private static void pause(int tries, SQLException cause) throws SQLException {
    long longest = FIRST_PAUSE_MILLIS << tries;
    try {
      Thread.sleep(ThreadLocalRandom.current().nextLong(longest / 2, longest));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw cause;
    }
  }

  private static StoreException failure(String what, SQLException e) {
    return new StoreException("could not " + what + ": " + e.getMessage(), e);
  }

  /** The commit failed in a way that leaves open whether it took place; never tried again. */
  private static final class UncertainCommitException extends SQLException {

    private static final long serialVersionUID = 1L;

    UncertainCommitException(SQLException cause) {
      super(
          "it is not known whether it was committed: " + cause.getMessage(),
          cause.getSQLState(),
          cause.getErrorCode(),
          cause);
    }
  }
}
