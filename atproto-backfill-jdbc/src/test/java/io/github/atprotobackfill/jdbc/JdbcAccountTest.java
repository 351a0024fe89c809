package io.github.atprotobackfill.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.atprotobackfill.jdbc.ObservedDataSource.Moment;
import io.github.atprotobackfill.sink.AccountEvent;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.syntax.Did;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What becomes of the records of accounts, by policy; that of hiding is in the contract of sinks.
 */
@ParameterizedClass
@EnumSource(TestStorage.Kind.class)
class JdbcAccountTest {

  private static final Did ALICE = Did.parse("did:plc:alice");
  private static final Instant NOW = Instant.parse("2026-02-03T04:05:06Z");
  private static final List<String> HIDDEN = List.of("deactivated", "suspended", "takendown");

  @Parameter private TestStorage.Kind kind;

  private TestStorage storage;
  private ObservedDataSource observed;

  @BeforeEach
  void openStorage() {
    storage = TestStorage.withSchema(kind);
    observed = ObservedDataSource.of(storage.dataSource());
  }

  @AfterEach
  void closeStorage() throws Exception {
    if (storage != null) { // else there is no server, and the test was skipped
      assertThat(observed.open()).isZero();
      storage.close();
    }
  }

  private JdbcRecordSink sink(AccountPolicy policy) {
    return JdbcRecordSink.builder(observed.dataSource())
        .tablePrefix(storage.prefix())
        .accounts(policy)
        .build();
  }

  private static void fill(JdbcRecordSink sink, int records) throws Exception {
    List<RecordEvent> puts = new ArrayList<>();
    for (int i = 0; i < records; i++) {
      puts.add(Records.put("k" + i, 1, "{}"));
    }
    sink.write(puts);
  }

  private String count(String table) throws SQLException {
    return storage.query("SELECT count(*) FROM $" + table).get(0);
  }

  @Test
  void byDefaultOnlyWhatWasDeletedIsRemoved() throws Exception {
    JdbcRecordSink sink = storage.sink(observed.dataSource());
    fill(sink, 3);

    for (String status : HIDDEN) {
      sink.account(AccountEvent.inactive(ALICE, status, NOW));
      assertThat(count("record")).isEqualTo("3");
      assertThat(count("visible_record")).isEqualTo("0");
    }
    sink.account(AccountEvent.active(ALICE, NOW));
    assertThat(count("visible_record")).isEqualTo("3");

    sink.account(AccountEvent.deleted(ALICE, NOW));
    assertThat(count("record")).isEqualTo("0");
  }

  @Test
  void everythingMayBeKept() throws Exception {
    JdbcRecordSink sink = sink(AccountPolicy.KEEP_ALL);
    fill(sink, 3);

    sink.account(AccountEvent.deleted(ALICE, NOW));

    assertThat(count("record")).isEqualTo("3");
    assertThat(count("visible_record")).isEqualTo("0");
  }

  @Test
  void everythingOfInactiveAccountsMayBeRemoved() throws Exception {
    JdbcRecordSink sink = sink(AccountPolicy.REMOVE_INACTIVE);
    for (String status : HIDDEN) {
      fill(sink, 3);
      sink.account(AccountEvent.inactive(ALICE, status, NOW));
      assertThat(count("record")).isEqualTo("0");
    }
    fill(sink, 3);
    sink.account(new AccountEvent(ALICE, true, "throttled", NOW));
    assertThat(count("record")).isEqualTo("3");
  }

  @Test
  void theAccountIsKeptInReadableForm() throws Exception {
    JdbcRecordSink sink = sink(AccountPolicy.KEEP_ALL);

    sink.account(AccountEvent.inactive(ALICE, "takendown", NOW));

    assertThat(storage.query("SELECT did, status, noted_at FROM $account WHERE NOT active"))
        .containsExactly("did:plc:alice|takendown|" + NOW.toEpochMilli());
    assertThat(storage.query("SELECT did FROM $account WHERE active")).isEmpty();
  }

  @Test
  void aLargeRepoIsRemovedInPartsAndGoneOnWithAfterACrash() throws Exception {
    JdbcRecordSink sink = sink(AccountPolicy.REMOVE_DELETED);
    fill(sink, 2 * AccountSql.MAX_ROWS + 1);
    observed.afterCommit(2, () -> observed.failNext(Moment.EXECUTE, "XX000"));

    assertThatThrownBy(() -> sink.account(AccountEvent.deleted(ALICE, NOW)))
        .isInstanceOf(SQLException.class);

    assertThat(count("record")).isEqualTo(String.valueOf(AccountSql.MAX_ROWS + 1));
    assertThat(count("visible_record")).isEqualTo("0");
    sink.account(AccountEvent.deleted(ALICE, NOW));
    assertThat(count("record")).isEqualTo("0");
  }

  @Test
  void removalEndsWhereTheAccountIsActiveAgainMeanwhile() throws Exception {
    JdbcRecordSink sink = sink(AccountPolicy.REMOVE_DELETED);
    fill(sink, 2 * AccountSql.MAX_ROWS);
    JdbcRecordSink other = storage.sink();
    observed.afterCommit(2, () -> other.account(AccountEvent.active(ALICE, NOW.plusSeconds(1))));

    sink.account(AccountEvent.deleted(ALICE, NOW));

    assertThat(count("record")).isEqualTo(String.valueOf(AccountSql.MAX_ROWS));
  }

  @Test
  void inAScopeItStandsOrFallsWithTheRest() throws Exception {
    JdbcRecordSink sink = sink(AccountPolicy.REMOVE_DELETED);
    fill(sink, 3);

    assertThatThrownBy(
            () ->
                sink.atomicScope()
                    .orElseThrow()
                    .run(
                        () -> {
                          sink.account(AccountEvent.deleted(ALICE, NOW));
                          assertThat(sink.held().orElseThrow().holding(List.of(ALICE))).isEmpty();
                          throw new IllegalStateException("the lease was lost");
                        }))
        .hasMessage("the lease was lost");

    assertThat(count("visible_record")).isEqualTo("3");
    assertThat(count("account")).isEqualTo("0");
  }
}
