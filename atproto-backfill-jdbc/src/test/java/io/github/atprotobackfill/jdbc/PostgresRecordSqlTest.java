package io.github.atprotobackfill.jdbc;

import static io.github.atprotobackfill.jdbc.Records.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.WriteCounts;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Records of which nothing is held are inserted without a look at what is held. */
class PostgresRecordSqlTest {

  private static final int MANY = PostgresRecordSql.ASK_FROM;

  private TestStorage storage;
  private ObservedDataSource observed;
  private JdbcRecordSink sink;
  private final AtomicInteger inserting = new AtomicInteger();

  @BeforeEach
  void openSink() {
    storage = TestStorage.withSchema(TestStorage.Kind.POSTGRESQL);
    observed = ObservedDataSource.of(storage.dataSource());
    observed.atSavepoint(inserting::incrementAndGet);
    sink = storage.sink(observed.dataSource());
  }

  @AfterEach
  void closeStorage() throws Exception {
    if (storage != null) { // else there is no server, and the test was skipped
      assertThat(observed.open()).isZero();
      storage.close();
    }
  }

  /** From {@code k1000} on. */
  private static List<RecordEvent> puts(int from, int to, int rev, String json) {
    List<RecordEvent> puts = new ArrayList<>();
    for (int i = from; i < to; i++) {
      puts.add(put("k" + (1000 + i), rev, json));
    }
    return puts;
  }

  private List<String> rows() throws Exception {
    return storage.query("SELECT rkey, rev, record FROM $record ORDER BY rkey");
  }

  @Test
  void ofManyThatAreNewNoneIsLookedUp() throws Exception {
    List<RecordEvent> first = puts(0, MANY, 1, "{}");
    List<RecordEvent> second = puts(MANY, 2 * MANY, 1, "{}");

    assertThat(sink.writeCounted(first)).isEqualTo(new WriteCounts(MANY, 0, 0));
    assertThat(sink.writeCounted(second)).isEqualTo(new WriteCounts(MANY, 0, 0));
    assertThat(inserting).hasValue(2);
    assertThat(rows()).hasSize(2 * MANY);
  }

  @Test
  void oneThatIsHeldHasAllLookedUp() throws Exception {
    sink.write(puts(5, 6, 1, "{}"));

    assertThat(sink.writeCounted(puts(0, MANY, 2, "{}")))
        .isEqualTo(new WriteCounts(MANY - 1, 1, 0));
    assertThat(inserting).hasValue(0);
    assertThat(storage.query("SELECT rev FROM $record WHERE rkey = 'k1005'"))
        .containsExactly(Records.rev(1).toString());
  }

  @Test
  void theFirstAndTheLastAreLookedUpAsWell() throws Exception {
    sink.write(puts(0, 1, 1, "{}"));
    assertThat(sink.writeCounted(puts(0, MANY, 2, "{}")).unchanged()).isEqualTo(1);

    sink.write(puts(2 * MANY - 1, 2 * MANY, 1, "{}"));
    assertThat(sink.writeCounted(puts(MANY, 2 * MANY, 2, "{}")).unchanged()).isEqualTo(1);
    assertThat(inserting).hasValue(0);
  }

  @Test
  void whatSomebodyElseWritesInBetweenIsMet() throws Exception {
    observed.atSavepoint(this::writeSome);

    assertThat(sink.writeCounted(puts(0, MANY, 2, "{}")))
        .isEqualTo(new WriteCounts(MANY - 2, 2, 0));
    assertMerged();
  }

  @Test
  void noScopeBreaksByIt() throws Exception {
    observed.atSavepoint(this::writeSome);

    WriteCounts counts =
        sink.atomicScope()
            .orElseThrow()
            .run(
                () -> {
                  sink.write(List.of(put("before", 1, "{}")));
                  WriteCounts merged = sink.writeCounted(puts(0, MANY, 2, "{}"));
                  sink.write(List.of(put("after", 1, "{}")));
                  return merged;
                });

    assertThat(counts).isEqualTo(new WriteCounts(MANY - 2, 2, 0));
    assertThat(storage.query("SELECT rkey FROM $record WHERE rkey IN ('before', 'after')"))
        .hasSize(2);
    storage.execute("DELETE FROM $record WHERE rkey IN ('before', 'after')");
    assertMerged();
  }

  /** The same content as of an older rev, another as of an older rev, another as of a newer. */
  private void writeSome() throws Exception {
    storage.sink().write(List.of(put("k1003", 1, "{}"), put("k1004", 1, "{\"n\": 1}")));
    storage.sink().write(List.of(put("k1005", 3, "{\"n\": 1}")));
  }

  private void assertMerged() throws Exception {
    assertThat(rows())
        .hasSize(MANY)
        .contains(
            "k1002|" + Records.rev(2) + "|{}",
            "k1003|" + Records.rev(1) + "|{}",
            "k1004|" + Records.rev(2) + "|{}",
            "k1005|" + Records.rev(3) + "|{\"n\": 1}");
  }

  @Test
  void aRecordThatIsRefusedIsStillRefused() throws Exception {
    List<RecordEvent> puts = puts(0, MANY, 1, "{}");
    puts.set(7, put("k1007", 1, "no JSON"));

    assertThatThrownBy(() -> sink.write(puts))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("json");
    assertThat(rows()).isEmpty();
  }
}
