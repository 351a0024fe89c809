package io.github.atprotobackfill.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/**
 * A data source that can be told to fail, and that counts the connections that are out. Faults are
 * used up in their order, each at the first moment that fits it.
 */
final class ObservedDataSource implements InvocationHandler {

  /** When a fault strikes. */
  enum Moment {
    /** A connection is asked for. */
    CONNECT,
    /** A statement is executed. */
    EXECUTE,
    /** A transaction is committed: before it is, so that it is not. */
    BEFORE_COMMIT,
    /** A transaction is committed: after it was, so that only the answer is lost. */
    AFTER_COMMIT
  }

  /** Something to do at a moment. */
  interface Action {
    void run() throws Exception;
  }

  private record Fault(Moment moment, SQLException exception) {}

  private final DataSource real;
  private final Deque<Fault> faults = new ArrayDeque<>();
  private final AtomicInteger commitsUntilAction = new AtomicInteger();
  private Action action = () -> {};
  private Action savepointAction = () -> {};
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger taken = new AtomicInteger();

  private ObservedDataSource(DataSource real) {
    this.real = real;
  }

  static ObservedDataSource of(DataSource real) {
    return new ObservedDataSource(real);
  }

  /** The data source to hand to what is tested. */
  DataSource dataSource() {
    return proxy(DataSource.class, this);
  }

  /** Lets the next such moment fail. */
  ObservedDataSource failNext(Moment moment, String sqlState) {
    return failNext(moment, new SQLException("injected at " + moment, sqlState));
  }

  /** Lets the next such moment fail in a way of the database's own. */
  ObservedDataSource failNext(Moment moment, SQLException exception) {
    faults.add(new Fault(moment, exception));
    return this;
  }

  /** Does something right after the commit that is the {@code nth} from now. */
  void afterCommit(int nth, Action action) {
    commitsUntilAction.set(nth);
    this.action = action;
  }

  /** Does something before each savepoint. */
  void atSavepoint(Action action) {
    savepointAction = action;
  }

  /** Connections that were taken and not given back. */
  int open() {
    return open.get();
  }

  /** Connections that were taken, since the beginning. */
  int taken() {
    return taken.get();
  }

  /** Faults that did not strike. */
  int faultsLeft() {
    return faults.size();
  }

  @Override
  public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
    if (!method.getName().equals("getConnection")) {
      return call(real, method, arguments);
    }
    strike(Moment.CONNECT);
    Connection connection = real.getConnection();
    open.incrementAndGet();
    taken.incrementAndGet();
    return proxy(Connection.class, (self, m, a) -> onConnection(connection, m, a));
  }

  private Object onConnection(Connection connection, Method method, Object[] arguments)
      throws Throwable {
    switch (method.getName()) {
      case "commit" -> {
        strike(Moment.BEFORE_COMMIT);
        connection.commit();
        committed();
        return null;
      }
      case "close" -> {
        open.decrementAndGet();
        connection.close();
        return null;
      }
      case "setSavepoint" -> {
        savepointAction.run();
        return connection.setSavepoint();
      }
      case "createStatement", "prepareStatement" -> {
        Object statement = call(connection, method, arguments);
        return proxy(method.getReturnType(), (self, m, a) -> onStatement(statement, m, a));
      }
      default -> {
        return call(connection, method, arguments);
      }
    }
  }

  private Object onStatement(Object statement, Method method, Object[] arguments) throws Throwable {
    boolean commits = arguments != null && "COMMIT".equals(arguments[0]);
    boolean executes = method.getName().startsWith("execute");
    if (executes) {
      strike(commits ? Moment.BEFORE_COMMIT : Moment.EXECUTE);
    }
    Object result = call(statement, method, arguments);
    if (commits) {
      committed();
    }
    return result;
  }

  private void committed() throws Exception {
    if (commitsUntilAction.decrementAndGet() == 0) {
      action.run();
    }
    strike(Moment.AFTER_COMMIT);
  }

  private void strike(Moment moment) throws SQLException {
    Fault next = faults.peek();
    if (next != null && next.moment() == moment) {
      faults.remove();
      throw next.exception();
    }
  }

  private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            ObservedDataSource.class.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
