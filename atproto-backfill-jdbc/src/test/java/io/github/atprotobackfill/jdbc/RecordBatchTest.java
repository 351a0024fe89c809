package io.github.atprotobackfill.jdbc;

import static io.github.atprotobackfill.jdbc.Records.delete;
import static io.github.atprotobackfill.jdbc.Records.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.sink.RecordEvent;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RecordBatchTest {

  private static RecordBatch batch(RecordEvent... events) {
    return RecordBatch.of(List.of(events), true);
  }

  private static List<String> texts(RecordBatch batch) {
    return batch.puts().stream().flatMap(List::stream).map(RecordRow::json).toList();
  }

  @Test
  void ofOneRecordTheLaterEventStandsUnlessItsRevIsOlder() {
    assertThat(texts(batch(put("a", 1, "1"), put("a", 1, "2")))).containsExactly("2");
    assertThat(texts(batch(put("a", 2, "1"), put("a", 1, "2")))).containsExactly("1");
    assertThat(batch(put("a", 1, "1"), delete("a", 1)).puts()).isEmpty();
    assertThat(batch(put("a", 1, "1"), delete("a", 1)).deletes()).hasSize(1);
    assertThat(batch(delete("a", 1), put("a", 1, "1")).deletes()).isEmpty();
    assertThat(batch(delete("a", 2), put("a", 1, "1")).puts()).isEmpty();
  }

  @Test
  void putsThatWereNeedlessAreCounted() {
    assertThat(batch(put("a", 1, "1"), put("b", 1, "1")).superseded()).isZero();
    assertThat(batch(put("a", 1, "1"), put("a", 1, "2"), delete("a", 2)).superseded()).isEqualTo(2);
  }

  @Test
  void noPartHasTooManyRows() {
    RecordEvent[] events =
        IntStream.range(0, 2 * RecordBatch.MAX_ROWS + 1)
            .mapToObj(i -> put("k" + i, 1, "{}"))
            .toArray(RecordEvent[]::new);

    assertThat(batch(events).puts())
        .extracting(List::size)
        .containsExactly(RecordBatch.MAX_ROWS, RecordBatch.MAX_ROWS, 1);
  }

  @Test
  void noPartHasTooMuchTextUnlessOneRecordHas() {
    String half = "x".repeat(RecordBatch.MAX_TEXT / 2);
    String large = "x".repeat(RecordBatch.MAX_TEXT + 1);

    List<List<RecordRow>> parts =
        batch(
                put("a", 1, half),
                put("b", 1, half),
                put("c", 1, "{}"),
                put("d", 1, large),
                put("e", 1, "{}"))
            .puts();

    assertThat(parts).extracting(List::size).containsExactly(2, 1, 1, 1);
  }

  @Test
  void onlyAStrictColumnHasTextsAltered() {
    RecordEvent put = put("a", 1, "\"\\u0000\"");

    assertThat(RecordBatch.of(List.of(put), true).altered()).containsExactly(put.uri());
    assertThat(texts(RecordBatch.of(List.of(put), true))).containsExactly("\"\\ufffd\"");
    assertThat(RecordBatch.of(List.of(put), false).altered()).isEmpty();
    assertThat(texts(RecordBatch.of(List.of(put), false))).containsExactly("\"\\u0000\"");
  }
}
