package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.progress.ProgressStore;
import io.github.atprotobackfill.progress.RepoStates;
import io.github.atprotobackfill.progress.StoreException;
import io.github.atprotobackfill.progress.WorkQueue;
import io.github.atprotobackfill.xrpc.SharedBudget;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Jobs, queue and repo states in the host's database, shared by any number of processes.
 *
 * <pre>{@code
 * JdbcSchema.of(dataSource).create();
 * BackfillStores stores = JdbcStores.builder(dataSource).build();
 * RecordSink sink = JdbcRecordSink.builder(dataSource).build();
 * }</pre>
 *
 * <p>The {@code DataSource} should be a pool, except for an embedded database, where it need not be
 * one. Each call takes one connection and gives it back; none is held while the network is asked.
 * So a pool as large as the number of threads that fetch is always enough, and a fourth of it
 * mostly. Connections may come in either commit mode, and go back in the one they came in.
 *
 * <p>What the database undoes for reasons that pass (deadlock, serialization failure, busy file, a
 * connection lost before the commit) is tried again a few times; every other failure is a {@link
 * StoreException}. Lease and due times go by the database's clock, in any time zone; when that
 * clock is set back, repos wait longer by as much, and none is lost.
 *
 * <p><b>PostgreSQL</b>: the default isolation, read committed, is all that is wanted; under a
 * stricter one, more is undone and tried again. A session that keeps a transaction open for hours
 * keeps rows from being cleared away, and claims become slower the longer it does.
 *
 * <p><b>MariaDB and MySQL</b>: every transaction is read committed, whatever the session is; so the
 * binary log, where there is one, has to be of rows or mixed, as both have it. Take either one's
 * driver, and leave MariaDB's and MySQL's {@code useAffectedRows} as it is, which is false. With
 * MySQL's driver put {@code rewriteBatchedStatements=true} into the URL, or what is held is saved
 * row by row.
 *
 * <p><b>SQLite</b> has one writer at a time. Threads of one process that share a {@code DataSource}
 * take turns; other processes are waited for as long as the connection's {@code busy_timeout} says.
 * Readers and the writer do not hold each other up in WAL mode, so let the URL be {@code
 * jdbc:sqlite:backfill.db?journal_mode=WAL&synchronous=NORMAL&busy_timeout=10000}. With {@code
 * synchronous=NORMAL} a power failure may cost the last moments, of records and checkpoints alike;
 * the death of the process costs nothing.
 *
 * <p><b>H2</b> is for tests and for trying things out; where a process may be killed, choose
 * SQLite. H2 writes commits to its file after up to half a second ({@code WRITE_DELAY}), so a
 * process that is killed loses these, of records and checkpoints alike; and in one of about twenty
 * kills that were tried, the file was left so that writes to it hung or failed. A thread that is
 * interrupted while it reads the file breaks its connection; with {@code jdbc:h2:async:…} it does
 * not.
 *
 * <p>Thread-safe. {@link #close()} does nothing: the {@code DataSource} is the host's.
 */
public final class JdbcStores implements BackfillStores {

  private final JdbcProgressStore progress;
  private final JdbcWorkQueue queue;
  private final JdbcRepoStates states;
  private final JdbcSharedBudget sharedBudget;

  private JdbcStores(Transactions transactions, Dialect dialect, Tables tables) {
    this.progress = new JdbcProgressStore(transactions, dialect, tables);
    this.queue = new JdbcWorkQueue(transactions, dialect, tables);
    this.states = new JdbcRepoStates(transactions, dialect, tables);
    this.sharedBudget = new JdbcSharedBudget(transactions, dialect, tables);
  }

  /** A builder with the defaults. */
  public static Builder builder(DataSource dataSource) {
    return new Builder(dataSource);
  }

  @Override
  public ProgressStore progress() {
    return progress;
  }

  @Override
  public WorkQueue queue() {
    return queue;
  }

  @Override
  public RepoStates states() {
    return states;
  }

  @Override
  public Optional<SharedBudget> sharedBudget() {
    return Optional.of(sharedBudget);
  }

  /** What can be chosen about the stores. Not thread-safe. */
  public static final class Builder {

    private final DataSource dataSource;
    private String tablePrefix = Tables.DEFAULT_PREFIX;
    private @Nullable Database database;

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

    /**
     * The stores.
     *
     * @throws StoreException when the database cannot be reached or is not supported, or its schema
     *     is missing, older or newer; the message says what to do
     */
    public JdbcStores build() {
      Database known = database == null ? Database.of(dataSource) : database;
      JdbcSchema.builder(dataSource).tablePrefix(tablePrefix).database(known).build().validate();
      Dialect dialect = known.dialect();
      return new JdbcStores(
          new Transactions(dataSource, dialect), dialect, new Tables(tablePrefix));
    }
  }
}
