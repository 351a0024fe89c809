package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.progress.AtomicScope;
import java.util.concurrent.Callable;

/** One transaction for everything that stores and sinks of one {@code DataSource} write in it. */
final class JdbcAtomicScope implements AtomicScope {

  private final Transactions transactions;

  JdbcAtomicScope(Transactions transactions) {
    this.transactions = transactions;
  }

  @Override
  public boolean joins(AtomicScope other) {
    return other instanceof JdbcAtomicScope jdbc
        && jdbc.transactions.dataSource() == transactions.dataSource();
  }

  @Override
  public <T> T run(Callable<T> work) throws Exception {
    return transactions.scope(work);
  }
}
