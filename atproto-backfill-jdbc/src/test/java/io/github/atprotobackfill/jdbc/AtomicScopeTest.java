package io.github.atprotobackfill.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.jdbc.ObservedDataSource.Moment;
import io.github.atprotobackfill.progress.AtomicScope;
import io.github.atprotobackfill.progress.ClaimFor;
import io.github.atprotobackfill.progress.JobSpec;
import io.github.atprotobackfill.progress.Lease;
import io.github.atprotobackfill.progress.LeaseUpdate;
import io.github.atprotobackfill.progress.QueuedRepo;
import io.github.atprotobackfill.progress.StoreException;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Records and checkpoint in one transaction: both, or neither. */
@ParameterizedClass
@EnumSource(TestStorage.Kind.class)
class AtomicScopeTest {

  private static final String PAGE = "page 2";

  @Parameter private TestStorage.Kind kind;

  private TestStorage storage;
  private ObservedDataSource observed;
  private JdbcStores stores;
  private RecordSink sink;
  private UUID job;
  private Lease lease;

  @BeforeEach
  void openStoresAndSinkOnOneDataSource() {
    storage = TestStorage.withSchema(kind);
    observed = ObservedDataSource.of(storage.dataSource());
    DataSource dataSource = observed.dataSource();
    stores = storage.stores(dataSource);
    sink = storage.sink(dataSource);
    job = stores.progress().open(new JobSpec("collections", "{}")).id();
    stores.queue().enqueue(job, List.of(new QueuedRepo(Did.parse("did:plc:a"), null, null)));
    lease =
        stores
            .queue()
            .claim(job, "worker", List.of(new ClaimFor(null, 1)), Duration.ofMinutes(1))
            .get(0);
  }

  @AfterEach
  void close() throws Exception {
    if (storage != null) { // else there is no server, and the test was skipped
      assertThat(observed.open()).isZero();
      storage.close();
    }
  }

  private AtomicScope scope() {
    return stores.queue().atomicScope().orElseThrow();
  }

  private void writeBoth() throws Exception {
    sink.write(List.of(Records.put("a", 1, "{}")));
    stores.queue().apply(job, List.of(new LeaseUpdate.Checkpoint(lease, PAGE)));
  }

  private void assertStored(boolean stored) throws SQLException {
    assertThat(storage.query("SELECT rkey FROM $record")).hasSize(stored ? 1 : 0);
    assertThat(storage.query("SELECT position FROM $repo")).containsExactly(stored ? PAGE : "null");
  }

  @Test
  void storesAndSinkOfOneDataSourceJoin() {
    AtomicScope ofSink = sink.atomicScope().orElseThrow();
    AtomicScope elsewhere = storage.sink().atomicScope().orElseThrow();

    assertThat(scope().joins(ofSink)).isTrue();
    assertThat(ofSink.joins(scope())).isTrue();
    assertThat(scope().joins(elsewhere)).isFalse();
  }

  @Test
  void bothAreCommittedInOneTransaction() throws Exception {
    int taken = observed.taken();

    String result =
        scope()
            .run(
                () -> {
                  writeBoth();
                  return "result";
                });

    assertThat(result).isEqualTo("result");
    assertThat(observed.taken() - taken).isEqualTo(1);
    assertStored(true);
  }

  @Test
  void neitherStandsWhenTheWorkThrows() throws Exception {
    IllegalStateException thrown = new IllegalStateException("after both");

    assertThatThrownBy(
            () ->
                scope()
                    .run(
                        () -> {
                          writeBoth();
                          throw thrown;
                        }))
        .isSameAs(thrown);

    assertStored(false);
  }

  @Test
  void neitherStandsWhenTheCommitFails() throws Exception {
    observed.failNext(Moment.BEFORE_COMMIT, "08006");

    assertThatThrownBy(
            () ->
                scope()
                    .run(
                        () -> {
                          writeBoth();
                          return true;
                        }))
        .isInstanceOf(SQLException.class);

    assertStored(false);
  }

  @Test
  void neitherStandsWhenOneFailedAndTheWorkLookedAway() throws Exception {
    assertThatThrownBy(
            () ->
                scope()
                    .run(
                        () -> {
                          sink.write(List.of(Records.put("a", 1, "{}")));
                          observed.failNext(Moment.EXECUTE, "08006");
                          List<LeaseUpdate> update =
                              List.of(new LeaseUpdate.Checkpoint(lease, PAGE));
                          assertThatThrownBy(() -> stores.queue().apply(job, update))
                              .isInstanceOf(StoreException.class);
                          assertThatThrownBy(() -> stores.queue().apply(job, update))
                              .hasMessageContaining("earlier");
                          return true;
                        }))
        .hasMessageContaining("earlier");

    assertStored(false);
  }

  @Test
  void aScopeWithinAScopeIsPartOfIt() throws Exception {
    assertThatThrownBy(
            () ->
                scope()
                    .run(
                        () -> {
                          sink.atomicScope()
                              .orElseThrow()
                              .run(
                                  () -> {
                                    writeBoth();
                                    return true;
                                  });
                          throw new IllegalStateException("after the inner one returned");
                        }))
        .isInstanceOf(IllegalStateException.class);

    assertStored(false);
  }

  @Test
  void afterAScopeEachCallStandsAloneAgain() throws Exception {
    scope().run(() -> "nothing");
    assertThatThrownBy(
            () ->
                scope()
                    .run(
                        () -> {
                          throw new IllegalStateException();
                        }))
        .isInstanceOf(IllegalStateException.class);

    writeBoth();

    assertStored(true);
  }

  @Test
  void hostsOfAScopeThatWasUndoneAreListedWhenQueuedAgain() throws Exception {
    Failure failure = new Failure(ErrorKind.TIMEOUT, "no answer");
    ServiceUrl pds = ServiceUrl.parse("https://pds.example.com");
    List<LeaseUpdate> moved = List.of(new LeaseUpdate.Retry(lease, pds, Duration.ZERO, failure));
    assertThatThrownBy(
            () ->
                scope()
                    .run(
                        () -> {
                          stores.queue().apply(job, moved);
                          throw new IllegalStateException();
                        }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(stores.queue().hosts(job)).isEmpty();

    stores.queue().apply(job, moved);

    assertThat(stores.queue().hosts(job)).containsExactly(pds);
  }
}
