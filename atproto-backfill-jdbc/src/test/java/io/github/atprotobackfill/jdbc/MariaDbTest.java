package io.github.atprotobackfill.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.atprotobackfill.jdbc.ObservedDataSource.Moment;
import io.github.atprotobackfill.progress.ClaimFor;
import io.github.atprotobackfill.progress.DiscoveryState;
import io.github.atprotobackfill.progress.JobSpec;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.progress.Lease;
import io.github.atprotobackfill.progress.LeaseUpdate;
import io.github.atprotobackfill.progress.QueuedRepo;
import io.github.atprotobackfill.progress.StoreException;
import io.github.atprotobackfill.sink.HeldRecords;
import io.github.atprotobackfill.sink.RecordDelete;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.sink.RecordValue;
import io.github.atprotobackfill.sink.WriteCounts;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import io.github.atprotobackfill.syntax.Tid;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What MariaDB and MySQL are apt to do otherwise than the rest. */
class MariaDbTest {

  private static final Cid ONE = Cid.parse("bafyreione");
  private static final Cid TWO = Cid.parse("bafyreitwo");
  private static final Did LONGEST = Did.parse("did:web:" + "x".repeat(Did.MAX_LENGTH - 8));
  private static final Nsid LONGEST_NAME = longestName();
  private static final Tid REV = Records.rev(1);

  private TestStorage storage;

  @BeforeEach
  void openStorage() {
    storage = TestStorage.withSchema(TestStorage.Kind.MARIADB);
  }

  @AfterEach
  void closeStorage() throws Exception {
    if (storage != null) { // else there is no server, and the test was skipped
      storage.close();
    }
  }

  /** As long as a collection's name may be, of labels as long as they may be. */
  private static Nsid longestName() {
    String labels = "l".repeat(63) + "." + "m".repeat(63) + "." + "n".repeat(63) + ".";
    String rest = "o".repeat(Nsid.MAX_LENGTH - labels.length() - 64);
    return Nsid.parse(labels + rest + "." + "p".repeat(63));
  }

  private static RecordPut put(Did did, Nsid collection, String rkey, Cid cid) {
    RecordKey key = RecordKey.parse(rkey);
    return new RecordPut(did, collection, key, cid, REV, RecordValue.ofJson("{}"));
  }

  @Test
  void keysAreAsLongAsTheProtocolAllowsAndDifferInTheLastLetter() throws Exception {
    String most = "k".repeat(RecordKey.MAX_LENGTH - 1);
    JdbcRecordSink sink = storage.sink();
    HeldRecords held = sink.held().orElseThrow();
    RecordPut small = put(LONGEST, LONGEST_NAME, most + "a", ONE);
    RecordPut large = put(LONGEST, LONGEST_NAME, most + "A", TWO);

    assertThat(sink.writeCounted(List.of(small, large))).isEqualTo(new WriteCounts(2, 0, 0));
    storage.execute("CREATE INDEX $record_uri ON $record (uri)");

    assertThat(held.page(LONGEST, LONGEST_NAME, null, 9))
        .extracting(record -> record.rkey().toString())
        .containsExactly(most + "A", most + "a");
    assertThat(storage.query("SELECT cid FROM $record WHERE uri = '" + small.uri() + "'"))
        .containsExactly(ONE.toString());
    assertThat(
            sink.writeCounted(List.of(new RecordDelete(LONGEST, LONGEST_NAME, small.rkey(), REV))))
        .isEqualTo(new WriteCounts(0, 0, 1));
    assertThat(held.page(LONGEST, LONGEST_NAME, null, 9))
        .extracting(record -> record.rkey().toString())
        .containsExactly(most + "A");
  }

  @Test
  void theLongestDidGoesThroughTheQueue() {
    JdbcStores stores = storage.stores();
    UUID job = stores.progress().open(new JobSpec("collections", "{}")).id();

    assertThat(stores.queue().enqueue(job, List.of(new QueuedRepo(LONGEST, null, null)))).isOne();
    List<Lease> leases =
        stores.queue().claim(job, "w", List.of(new ClaimFor(null, 9)), Duration.ofMinutes(1));

    assertThat(leases).extracting(Lease::did).containsExactly(LONGEST);
    assertThat(stores.queue().apply(job, List.of(new LeaseUpdate.Done(leases.get(0), REV))))
        .isEmpty();
  }

  @Test
  void moreCollectionsAreListedThanAreLookedUpAtOnce() throws Exception {
    List<RecordEvent> puts = new ArrayList<>();
    for (int i = 0; i < 2 * MariaDbHeldSql.LOOK_UPS + 50; i++) {
      puts.add(put(LONGEST, Nsid.parse("com.example.c" + i), "a", ONE));
    }
    List<RecordEvent> exactly = new ArrayList<>();
    Did other = Did.parse("did:plc:other");
    for (int i = 0; i < MariaDbHeldSql.LOOK_UPS; i++) {
      exactly.add(put(other, Nsid.parse("com.example.c" + i), "a", ONE));
    }
    JdbcRecordSink sink = storage.sink();
    sink.write(puts);
    sink.write(exactly);

    HeldRecords held = sink.held().orElseThrow();
    assertThat(held.collections(LONGEST)).hasSize(puts.size());
    assertThat(held.collections(other)).hasSize(exactly.size());
  }

  @Test
  void someOfABatchMayStandSomeChangedAndSomeNew() throws Exception {
    JdbcRecordSink sink = storage.sink();
    Nsid note = Nsid.parse("com.example.note");
    Did did = Did.parse("did:plc:a");
    sink.write(List.of(put(did, note, "same", ONE), put(did, note, "changed", ONE)));

    WriteCounts counts =
        sink.writeCounted(
            List.of(
                put(did, note, "same", ONE),
                put(did, note, "new", TWO),
                put(did, note, "changed", TWO)));

    assertThat(counts).isEqualTo(new WriteCounts(2, 1, 0));
    assertThat(storage.query("SELECT rkey, cid FROM $record ORDER BY rkey"))
        .containsExactly("changed|" + TWO, "new|" + TWO, "same|" + ONE);
  }

  @Test
  void severalThatPutTheSameNewRecordsCountEachOnce() throws Exception {
    List<RecordEvent> puts = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      puts.add(put(Did.parse("did:plc:a"), Nsid.parse("com.example.note"), "k" + i, ONE));
    }
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      CountDownLatch together = new CountDownLatch(4);
      List<Future<WriteCounts>> writes = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        JdbcRecordSink sink = storage.sink(storage.newDataSource());
        writes.add(
            threads.submit(
                () -> {
                  together.countDown();
                  together.await();
                  return sink.writeCounted(puts);
                }));
      }
      long written = 0;
      for (Future<WriteCounts> write : writes) {
        written += write.get().written();
      }
      assertThat(written).isEqualTo(puts.size());
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aTransactionWhoseConnectionIsKilledIsTriedAgain() throws Exception {
    ObservedDataSource observed = ObservedDataSource.of(storage.dataSource());
    JdbcStores stores = storage.stores(observed.dataSource());
    UUID job = stores.progress().open(new JobSpec("collections", "{}")).id();
    try (Connection holder = storage.newDataSource().getConnection();
        Statement statement = holder.createStatement()) {
      holder.setAutoCommit(false);
      statement.executeQuery(
          "SELECT id FROM %sjob WHERE id = '%s' FOR UPDATE".formatted(storage.prefix(), job));
      ExecutorService thread = Executors.newSingleThreadExecutor();
      try {
        Future<Boolean> moving =
            thread.submit(
                () -> stores.progress().move(job, JobState.PENDING, JobState.RUNNING, null));
        killWhoeverWaits(moving);
        holder.rollback();
        assertThat(moving.get()).isTrue();
      } finally {
        thread.shutdownNow();
      }
    }

    assertThat(stores.progress().find(job).orElseThrow().state()).isEqualTo(JobState.RUNNING);
    assertThat(observed.open()).isZero();
  }

  private void killWhoeverWaits(Future<?> waits) throws SQLException {
    String waiting =
        "SELECT id FROM information_schema.processlist WHERE info LIKE 'UPDATE "
            + storage.prefix()
            + "job SET state%'";
    List<String> found = storage.query(waiting);
    while (found.isEmpty()) {
      assertThat(waits.isDone()).as("nobody waits for the row").isFalse();
      found = storage.query(waiting);
    }
    storage.execute("KILL " + found.get(0));
  }

  @Test
  void aLockThatIsNotToBeHadIsWaitedForAgain() throws Exception {
    ObservedDataSource observed = ObservedDataSource.of(storage.dataSource());
    JdbcRecordSink sink = storage.sink(observed.dataSource());
    SQLException timeout = new SQLException("Lock wait timeout exceeded", "HY000", 1205);
    SQLException deadlock = new SQLException("Deadlock found", "40001", 1213);
    observed.failNext(Moment.EXECUTE, timeout).failNext(Moment.EXECUTE, deadlock);

    assertThat(sink.writeCounted(List.of(Records.put("a", 1, "{}"))))
        .isEqualTo(new WriteCounts(1, 0, 0));
    assertThat(observed.faultsLeft()).isZero();
  }

  @Test
  void whatIsTooLongForASourceIsRefusedAndNotCut() {
    JdbcStores stores = storage.stores();
    UUID job = stores.progress().open(new JobSpec("collections", "{}")).id();
    DiscoveryState tooLong = DiscoveryState.begin("s".repeat(701));

    assertThatThrownBy(() -> stores.progress().saveDiscovery(job, tooLong))
        .isInstanceOf(StoreException.class);
  }
}
