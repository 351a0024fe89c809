package io.github.atprotobackfill.jdbc;

import static io.github.atprotobackfill.jdbc.Records.delete;
import static io.github.atprotobackfill.jdbc.Records.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.atprotobackfill.jdbc.ObservedDataSource.Moment;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.WriteCounts;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What the record sink does beyond the contract of sinks. */
@ParameterizedClass
@EnumSource(TestStorage.Kind.class)
class JdbcRecordSinkTest {

  @Parameter private TestStorage.Kind kind;

  private TestStorage storage;
  private ObservedDataSource observed;
  private JdbcRecordSink sink;

  @BeforeEach
  void openSink() {
    storage = TestStorage.withSchema(kind);
    observed = ObservedDataSource.of(storage.dataSource());
    sink = storage.sink(observed.dataSource());
  }

  @AfterEach
  void closeStorage() throws Exception {
    if (storage != null) { // else there is no server, and the test was skipped
      assertThat(observed.open()).isZero();
      storage.close();
    }
  }

  @Test
  void whatIsHeldAlreadyIsNotTouched() throws Exception {
    sink.write(List.of(put("a", 1, "{\"n\":1}"), put("b", 1, "{\"n\":1}")));
    storage.execute("UPDATE $record SET indexed_at = '2001-02-03 04:05:06'");
    String untouched = storage.query("SELECT indexed_at FROM $record").get(0);

    sink.write(List.of(put("a", 2, "{\"n\":1}"), put("b", 2, "{\"n\":2}")));

    assertThat(
            storage.query("SELECT rkey FROM $record WHERE indexed_at = '%s'".formatted(untouched)))
        .containsExactly("a");
    assertThat(storage.query("SELECT rev FROM $record ORDER BY rkey"))
        .containsExactly(Records.rev(1).toString(), Records.rev(2).toString());
  }

  @Test
  void aBatchOfSeveralPartsIsOneTransaction() throws Exception {
    List<RecordEvent> batch = new ArrayList<>();
    for (int i = 0; i < 2 * RecordBatch.MAX_ROWS + 1; i++) {
      batch.add(put("k" + i, 1, "{}"));
    }
    batch.add(delete("gone", 1));
    observed.failNext(Moment.BEFORE_COMMIT, "08006");

    assertThatThrownBy(() -> sink.write(batch)).isInstanceOf(SQLException.class);
    assertThat(storage.query("SELECT count(*) FROM $record")).containsExactly("0");

    int taken = observed.taken();
    assertThat(sink.writeCounted(batch)).isEqualTo(new WriteCounts(batch.size() - 1, 0, 0));
    assertThat(observed.taken() - taken).isEqualTo(1);
    assertThat(sink.writeCounted(batch)).isEqualTo(new WriteCounts(0, batch.size() - 1, 0));
  }

  @Test
  void aConnectionLostOnTheWayIsTriedAgain() throws Exception {
    observed.failNext(Moment.EXECUTE, "08006");

    assertThat(sink.writeCounted(List.of(put("a", 1, "{}")))).isEqualTo(new WriteCounts(1, 0, 0));
  }

  @Test
  void recordsWithEscapesThatAColumnRefusesAreCounted() throws Exception {
    sink.write(List.of(put("a", 1, "{\"text\":\"\\u0000\"}"), put("b", 1, "{}")));

    assertThat(sink.altered()).isEqualTo(kind == TestStorage.Kind.POSTGRESQL ? 1 : 0);
  }

  @Test
  void keysAreHeldInTheOrderOfTheirBytes() throws Exception {
    sink.write(
        List.of(
            put("b", 1, "{}"),
            put("A", 1, "{}"),
            put("a-", 1, "{}"),
            put("B", 1, "{}"),
            put("a_", 1, "{}"),
            put("a", 1, "{}"),
            put("~", 1, "{}")));

    assertThat(storage.query("SELECT rkey FROM $record ORDER BY did, collection, rkey"))
        .containsExactly("A", "B", "a", "a-", "a_", "b", "~");
  }
}
