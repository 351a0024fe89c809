package io.github.atprotobackfill.examples;

import io.github.atprotobackfill.failure.BackfillException;
import io.github.atprotobackfill.jdbc.JdbcRecordSink;
import io.github.atprotobackfill.jdbc.JdbcSchema;
import io.github.atprotobackfill.jdbc.JdbcStores;
import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.sink.JsonLinesSink;
import io.github.atprotobackfill.sink.RecordSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where a job's records go, and where its progress is kept so that it can be gone on with. */
sealed interface Destination {

  /** Opens it, made new where there is none. */
  Store open();

  /**
   * Opens what is known of the jobs that wrote to it.
   *
   * @throws ToolException when there is nothing
   */
  Ledger ledger();

  /** The options of the command line that name it. */
  String options();

  /** What is known of the jobs that write to a destination. */
  record Ledger(Pool pool, BackfillStores stores) implements AutoCloseable {

    /** Opens the tables at {@code url}, made new where there are none. */
    static Ledger create(DatabaseUrl url, @Nullable RedisUrl queue) {
      Pool pool = Pool.of(url);
      try {
        JdbcSchema.of(pool.dataSource()).create();
        return new Ledger(pool, stores(pool, queue));
      } catch (BackfillException e) {
        pool.close();
        throw e;
      }
    }

    /** Opens the tables at {@code url}, where there are any; a look must not make them. */
    static Ledger existing(DatabaseUrl url, @Nullable RedisUrl queue) {
      url.sqliteFile().ifPresent(Ledger::requireFile);
      Pool pool = Pool.of(url);
      try {
        if (JdbcSchema.of(pool.dataSource()).installed().isEmpty()) {
          throw new ToolException("no job was ever run into " + url, null);
        }
        return new Ledger(pool, stores(pool, queue));
      } catch (BackfillException e) {
        pool.close();
        throw e;
      }
    }

    private static BackfillStores stores(Pool pool, @Nullable RedisUrl queue) {
      JdbcStores database = JdbcStores.builder(pool.dataSource()).build();
      return queue == null ? database : QueueInRedis.open(queue, database);
    }

    private static void requireFile(Path file) {
      if (!Files.exists(file)) {
        throw new ToolException("no such file: " + file, null);
      }
    }

    @Override
    public void close() {
      stores.close();
      pool.close();
    }
  }

  /** A destination to write to. */
  record Store(Ledger ledger, RecordSink sink) implements AutoCloseable {

    @Override
    public void close() {
      try (ledger) {
        sink.close();
      } catch (Exception e) {
        throw new ToolException("cannot close the record sink: " + e.getMessage(), e);
      }
    }
  }

  /**
   * Records and progress in one database, so that both are committed together.
   *
   * @param queue the Redis that keeps the queue, so that checkpoints follow records; null for none
   */
  record Database(DatabaseUrl url, @Nullable RedisUrl queue) implements Destination {

    Database(DatabaseUrl url) {
      this(url, null);
    }

    @Override
    public Store open() {
      Ledger ledger = Ledger.create(url, queue);
      return new Store(ledger, JdbcRecordSink.builder(ledger.pool().dataSource()).build());
    }

    @Override
    public Ledger ledger() {
      return Ledger.existing(url, queue);
    }

    @Override
    public String options() {
      String database = "--db " + Shell.quoted(url.toString());
      return queue == null ? database : database + " --redis " + Shell.quoted(queue.toString());
    }

    @Override
    public String toString() {
      return queue == null ? url.toString() : url + " (queue in " + queue + ")";
    }
  }

  /** Records appended to a file, progress in a SQLite database beside it. */
  record JsonLines(Path file) implements Destination {

    static final String PROGRESS_SUFFIX = ".progress.sqlite";

    @Override
    public Store open() {
      requireFileWithItsProgress();
      Ledger ledger = Ledger.create(DatabaseUrl.ofSqlite(progress()), null);
      try {
        return new Store(ledger, JsonLinesSink.open(file));
      } catch (IOException e) {
        ledger.close();
        throw new ToolException("cannot write to " + file + ": " + e, e);
      }
    }

    @Override
    public Ledger ledger() {
      return Ledger.existing(DatabaseUrl.ofSqlite(progress()), null);
    }

    @Override
    public String options() {
      return "--jsonl " + Shell.quoted(file.toString());
    }

    @Override
    public String toString() {
      return file + " (progress in " + progress() + ")";
    }

    private Path progress() {
      return file.resolveSibling(file.getFileName() + PROGRESS_SUFFIX);
    }

    /** What the progress says is written is not fetched again; so it must not outlive the file. */
    private void requireFileWithItsProgress() {
      if (Files.exists(progress()) && !Files.exists(file)) {
        throw new ToolException(
            progress()
                + " tells what is in "
                + file
                + ", which is gone; to start over, delete both",
            null);
      }
    }
  }
}
