package io.github.atprotobackfill.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.jdbc.ObservedDataSource.Moment;
import io.github.atprotobackfill.progress.JobCounts;
import io.github.atprotobackfill.progress.JobSpec;
import io.github.atprotobackfill.progress.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What is tried again when the database fails, what is not, and what becomes of the connection. */
@ParameterizedClass
@EnumSource(TestStorage.Kind.class)
class ConnectionFailureTest {

  private static final String CONNECTION_FAILURE = "08006";
  private static final String SYNTAX_ERROR = "42601";
  private static final JobCounts ONE =
      new JobCounts(1, 0, 0, 0, 0, 0, 0, Map.of(ErrorKind.DNS, 1L));

  @Parameter private TestStorage.Kind kind;

  private TestStorage storage;
  private ObservedDataSource observed;
  private JdbcStores stores;
  private UUID job;

  @BeforeEach
  void openStores() {
    storage = TestStorage.withSchema(kind);
    observed = ObservedDataSource.of(storage.dataSource());
    stores = storage.stores(observed.dataSource());
    job = stores.progress().open(new JobSpec("collections", "{}")).id();
  }

  @AfterEach
  void everyConnectionWasGivenBack() throws Exception {
    if (storage != null) { // else there is no server, and the test was skipped
      assertThat(observed.open()).isZero();
      assertThat(observed.faultsLeft()).isZero();
      storage.close();
    }
  }

  private JobCounts counts() {
    return stores.progress().find(job).orElseThrow().counts();
  }

  @Test
  void aConnectionLostBeforeTheCommitCostsNothing() {
    observed
        .failNext(Moment.CONNECT, CONNECTION_FAILURE)
        .failNext(Moment.EXECUTE, CONNECTION_FAILURE)
        .failNext(Moment.EXECUTE, CONNECTION_FAILURE);

    stores.progress().addCounts(job, ONE);

    assertThat(counts()).isEqualTo(ONE);
  }

  @Test
  void aReadIsTriedAgainToo() {
    observed.failNext(Moment.EXECUTE, CONNECTION_FAILURE);

    assertThat(stores.progress().find(job)).isPresent();
  }

  @Test
  void whatMayHaveBeenCommittedIsNotTriedAgain() {
    observed.failNext(Moment.AFTER_COMMIT, CONNECTION_FAILURE);

    assertThatThrownBy(() -> stores.progress().addCounts(job, ONE))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("not known whether it was committed");

    assertThat(counts()).isEqualTo(ONE);
  }

  @Test
  void aCommitThatFailsLeavesNothing() {
    observed.failNext(Moment.BEFORE_COMMIT, CONNECTION_FAILURE);

    assertThatThrownBy(() -> stores.progress().addCounts(job, ONE))
        .isInstanceOf(StoreException.class);

    assertThat(counts()).isEqualTo(JobCounts.NONE);
  }

  @Test
  void aDefectIsNotTriedAgain() {
    observed.failNext(Moment.EXECUTE, SYNTAX_ERROR);
    int taken = observed.taken();

    assertThatThrownBy(() -> stores.progress().addCounts(job, ONE))
        .isInstanceOf(StoreException.class)
        .hasMessage("could not add to a job's counts: injected at EXECUTE")
        .hasCauseInstanceOf(SQLException.class);

    assertThat(observed.taken() - taken).isEqualTo(1);
    assertThat(counts()).isEqualTo(JobCounts.NONE);
  }

  @Test
  void whoStaysAwayIsNotWaitedForEver() {
    for (int i = 0; i < Transactions.TRIES; i++) {
      observed.failNext(Moment.CONNECT, CONNECTION_FAILURE);
    }

    assertThatThrownBy(() -> stores.progress().addCounts(job, ONE))
        .isInstanceOf(StoreException.class);

    assertThat(counts()).isEqualTo(JobCounts.NONE);
  }

  @Test
  void aCommitModeIsGivenBackAsItCame() throws Exception {
    DataSource manual = storage.newManualCommitDataSource();
    JdbcStores onManual = storage.stores(manual);

    onManual.progress().addCounts(job, ONE);

    assertThat(onManual.progress().find(job).orElseThrow().counts()).isEqualTo(ONE);
    try (Connection connection = manual.getConnection()) {
      assertThat(connection.getAutoCommit()).isFalse();
    }
    assertThat(counts()).isEqualTo(ONE);
  }
}
