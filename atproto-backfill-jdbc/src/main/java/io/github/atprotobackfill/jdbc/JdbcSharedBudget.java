package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.xrpc.HostBalance;
import io.github.atprotobackfill.xrpc.HostBalance.Window;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.SharedBudget;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** One row a host, which is read, reckoned with and written in one transaction. */
final class JdbcSharedBudget implements SharedBudget {

  private static final String[] COLUMNS = {
    "host",
    "empty_at",
    "parked_until",
    "exports_left",
    "exports_reset_at",
    "exports_parked_until",
    "others_left",
    "others_reset_at",
    "others_parked_until"
  };

  private final Transactions transactions;
  private final String select;
  private final String insert;
  private final String update;

  JdbcSharedBudget(Transactions transactions, Dialect dialect, Tables tables) {
    this.transactions = transactions;
    this.select =
        "SELECT %s AS now_millis, b.* FROM %s b WHERE b.host = ?%s"
            .formatted(dialect.now(), tables.hostBudget(), dialect.forUpdate());
    this.insert = dialect.insertIfAbsent(tables.hostBudget(), "host", COLUMNS);
    this.update =
        ("UPDATE %s SET empty_at = ?, parked_until = ?,"
                + " exports_left = ?, exports_reset_at = ?, exports_parked_until = ?,"
                + " others_left = ?, others_reset_at = ?, others_parked_until = ? WHERE host = ?")
            .formatted(tables.hostBudget());
  }

  /** A balance, and the database's clock. */
  private record Read(HostBalance balance, long now) {

    static Read of(ResultSet row) throws SQLException {
      HostBalance balance =
          new HostBalance(
              row.getLong("empty_at"),
              row.getLong("parked_until"),
              window(row, "exports_"),
              window(row, "others_"));
      return new Read(balance, row.getLong("now_millis") * 1000);
    }

    private static Window window(ResultSet row, String prefix) throws SQLException {
      return new Window(
          row.getLong(prefix + "left"),
          row.getLong(prefix + "reset_at"),
          row.getLong(prefix + "parked_until"));
    }
  }

  @Override
  public Drawn draw(Draw wanted) {
    return transactions.write(
        "draw from the budget of a host",
        connection -> {
          Read read = read(connection, wanted.host());
          HostBalance.Spent spent = read.balance().draw(wanted, read.now());
          if (!spent.balance().equals(read.balance())) {
            update(connection, wanted.host(), spent.balance());
          }
          return spent.drawn();
        });
  }

  private Read read(Connection connection, ServiceUrl host) throws SQLException {
    Optional<Read> stands = find(connection, host);
    if (stands.isEmpty()) {
      insert(connection, host);
      stands = find(connection, host);
    }
    return stands.orElseThrow(() -> new SQLException("the row of " + host + " was taken away"));
  }

  private Optional<Read> find(Connection connection, ServiceUrl host) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(select)) {
      statement.setString(1, host.toString());
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.of(Read.of(row)) : Optional.empty();
      }
    }
  }

  private void insert(Connection connection, ServiceUrl host) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(insert)) {
      statement.setString(1, host.toString());
      set(statement, 2, HostBalance.FULL);
      statement.executeUpdate();
    }
  }

  private void update(Connection connection, ServiceUrl host, HostBalance balance)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(update)) {
      int next = set(statement, 1, balance);
      statement.setString(next, host.toString());
      statement.executeUpdate();
    }
  }

  private static int set(PreparedStatement statement, int first, HostBalance balance)
      throws SQLException {
    statement.setLong(first, balance.emptyAt());
    statement.setLong(first + 1, balance.parkedUntil());
    int next = set(statement, first + 2, balance.exports());
    return set(statement, next, balance.others());
  }

  private static int set(PreparedStatement statement, int first, Window window)
      throws SQLException {
    statement.setLong(first, window.left());
    statement.setLong(first + 1, window.resetsAt());
    statement.setLong(first + 2, window.parkedUntil());
    return first + 3;
  }
}
