package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.progress.AtomicScope;
import io.github.atprotobackfill.progress.StoreException;
import io.github.atprotobackfill.sink.AccountEvent;
import io.github.atprotobackfill.sink.HeldRecords;
import io.github.atprotobackfill.sink.RecordDelete;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.sink.WriteCounts;
import io.github.atprotobackfill.syntax.AtUri;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps records in a table, one row a record: {@code atproto_record(did, collection, rkey, uri,
 * cid, rev, record, indexed_at)}. {@code rev} is the repo's rev as of which this content was first
 * seen, {@code indexed_at} when the row was last written, by the database's clock.
 *
 * <p>A record is written when it is not held, or held with another CID and no newer rev; a row that
 * is held as it is stays untouched. A delete removes a row of its rev or an older one. A deleted
 * record leaves no trace: it is for the caller not to deliver what is older than a delete before
 * it. Record keys are case-sensitive, and ordered by their bytes.
 *
 * <p>What it {@linkplain #held() holds} is read off the primary key, in pages. How accounts stand
 * is kept in {@code atproto_account(did, active, status, noted_at)}; what is to be shown is in the
 * view {@code atproto_visible_record}, which has the same columns as the table. Of an account that
 * is not active, records are hidden or removed as the {@link AccountPolicy} says; removed in
 * statements of at most 5,000, each a transaction of its own unless within a scope.
 *
 * <p>A batch is one transaction, cut into statements of at most 1,000 records or 4 MB. Within the
 * scope of a work queue on the same {@code DataSource}, records and checkpoint are one transaction.
 *
 * <p>On PostgreSQL the column is jsonb unless the schema was made otherwise; see {@link
 * RecordColumn} for records that jsonb refuses. Add your indexes after a large backfill: a GIN
 * index on the records costs almost half of the speed.
 *
 * <p>{@link #write} throws the database's own {@link SQLException}, after a few tries where trying
 * again helps; then nothing of the batch stands. Thread-safe. {@link #close()} does nothing: the
 * {@code DataSource} is the host's.
 */
public final class JdbcRecordSink implements RecordSink {

  private static final Logger LOG = LoggerFactory.getLogger(JdbcRecordSink.class);

  private final Transactions transactions;
  private final RecordSql recordSql;
  private final AccountSql accountSql;
  private final AccountPolicy accounts;
  private final JdbcHeldRecords held;
  private final LongAdder altered = new LongAdder();

  private JdbcRecordSink(
      Transactions transactions, RecordSql recordSql, Tables tables, Builder builder) {
    Dialect dialect = transactions.dialect();
    this.transactions = transactions;
    this.recordSql = recordSql;
    this.accountSql = new AccountSql(tables, dialect);
    this.accounts = builder.accounts;
    this.held = new JdbcHeldRecords(transactions, dialect.heldSql(tables));
  }

  /** A builder with the defaults. */
  public static Builder builder(DataSource dataSource) {
    return new Builder(dataSource);
  }

  @Override
  public void write(List<RecordEvent> events) throws SQLException {
    writeCounted(events);
  }

  @Override
  public WriteCounts writeCounted(List<RecordEvent> events) throws SQLException {
    if (events.isEmpty()) {
      return WriteCounts.NONE;
    }
    RecordBatch batch = RecordBatch.of(events, recordSql.strictEscapes());
    WriteCounts counts = transactions.write(connection -> write(connection, batch));
    reportAltered(batch.altered());
    return counts;
  }

  private WriteCounts write(Connection connection, RecordBatch batch) throws SQLException {
    int written = 0;
    for (List<RecordRow> rows : batch.puts()) {
      written += recordSql.put(connection, rows);
    }
    int deleted = 0;
    for (List<RecordDelete> deletes : batch.deletes()) {
      deleted += recordSql.delete(connection, deletes);
    }
    return new WriteCounts(written, batch.putCount() + batch.superseded() - written, deleted);
  }

  private void reportAltered(List<AtUri> uris) {
    if (!uris.isEmpty()) {
      altered.add(uris.size());
      LOG.warn(
          "{} record(s) have escapes that jsonb refuses, stored as U+FFFD; the first is {}",
          uris.size(),
          uris.get(0));
    }
  }

  @Override
  public Optional<HeldRecords> held() {
    return Optional.of(held);
  }

  @Override
  public void account(AccountEvent event) throws SQLException {
    if (!transactions.write(connection -> accountSql.note(connection, event))) {
      return;
    }
    if (accounts.removes(event)) {
      for (Nsid collection : held.collections(event.did())) {
        remove(event, collection);
      }
    }
  }

  /** Part by part; each notes the event again, and so ends where a later one came in between. */
  private void remove(AccountEvent event, Nsid collection) throws SQLException {
    Optional<RecordKey> last = Optional.empty();
    do {
      RecordKey after = last.orElse(null);
      last =
          transactions.write(
              connection ->
                  accountSql.note(connection, event)
                      ? accountSql.remove(connection, event.did(), collection, after)
                      : Optional.empty());
    } while (last.isPresent());
  }

  @Override
  public Optional<AtomicScope> atomicScope() {
    return Optional.of(new JdbcAtomicScope(transactions));
  }

  /**
   * Records that were stored with U+FFFD in place of escapes that jsonb refuses, since this sink
   * was built; those of scopes that did not commit, and of repeated writes, are counted as well.
   */
  public long altered() {
    return altered.sum();
  }

  /** What can be chosen about the sink. Not thread-safe. */
  public static final class Builder {

    private final DataSource dataSource;
    private String tablePrefix = Tables.DEFAULT_PREFIX;
    private @Nullable Database database;
    private AccountPolicy accounts = AccountPolicy.REMOVE_DELETED;

    private Builder(DataSource dataSource) {
      this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
    }

    /** The prefix that the {@link JdbcSchema} was made with. */
    public Builder tablePrefix(String prefix) {
      tablePrefix = new Tables(prefix).prefix();
      return this;
    }

    /** The database, where the driver's word for it is not to be believed. */
    public Builder database(Database database) {
      this.database = database;
      return this;
    }

    /** What becomes of the records of accounts that are not active. */
    public Builder accounts(AccountPolicy policy) {
      accounts = policy;
      return this;
    }

    /**
     * The sink.
     *
     * @throws StoreException when the database cannot be reached or is not supported, or its schema
     *     is missing, older or newer; the message says what to do
     */
    public JdbcRecordSink build() {
      Database known = database == null ? Database.of(dataSource) : database;
      JdbcSchema.builder(dataSource).tablePrefix(tablePrefix).database(known).build().validate();
      Dialect dialect = known.dialect();
      Tables tables = new Tables(tablePrefix);
      Transactions transactions = new Transactions(dataSource, dialect);
      RecordSql recordSql =
          transactions.read(
              "look at the record table", connection -> dialect.recordSql(tables, connection));
      return new JdbcRecordSink(transactions, recordSql, tables, this);
    }
  }
}
