package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.sink.HeldRecord;
import io.github.atprotobackfill.sink.HeldRecords;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the record table holds; each question takes a connection and gives it back. */
final class JdbcHeldRecords implements HeldRecords {

  private final Transactions transactions;
  private final HeldSql sql;

  JdbcHeldRecords(Transactions transactions, HeldSql sql) {
    this.transactions = transactions;
    this.sql = sql;
  }

  @Override
  public Set<Did> holding(Collection<Did> repos) {
    return transactions.read(
        "look up which repos are held", connection -> sql.holding(connection, repos));
  }

  @Override
  public NavigableSet<Nsid> collections(Did did) {
    return transactions.read(
        "look up which collections are held", connection -> sql.collections(connection, did));
  }

  @Override
  public List<HeldRecord> page(Did did, Nsid collection, @Nullable RecordKey after, int most) {
    if (most < 1) {
      throw new IllegalArgumentException("a page is of one record at least: " + most);
    }
    return transactions.read(
        "look up which records are held",
        connection -> sql.page(connection, did, collection, after, most));
  }
}
