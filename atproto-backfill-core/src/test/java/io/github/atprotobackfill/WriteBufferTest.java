package io.github.atprotobackfill;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.sink.RecordValue;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import io.github.atprotobackfill.syntax.Tid;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class WriteBufferTest {

  private static final int PAGE = 1000;

  private final WriteBuffer buffer = new WriteBuffer(() -> false);

  /** What no worker brought. */
  @SuppressWarnings("NullAway")
  private static WriteItem page(int events, int bytesOfEach) {
    RecordEvent put =
        new RecordPut(
            Did.parse("did:plc:a"),
            Nsid.parse("com.example.note"),
            RecordKey.parse("a"),
            Cid.parse("bafyreia"),
            Tid.parse("3jzfcijpj2z2a"),
            RecordValue.ofJson("x".repeat(bytesOfEach)));
    return new WriteItem(null, Collections.nCopies(events, put), 0, null, () -> null, false);
  }

  private void submit(WriteItem item, int times) throws InterruptedException {
    for (int i = 0; i < times; i++) {
      buffer.submit(item);
    }
  }

  private int taken() throws InterruptedException {
    List<WriteItem> batch = buffer.take();
    batch.forEach(buffer::written);
    return batch.stream().mapToInt(item -> item.events().size()).sum();
  }

  @Test
  void ofMuchThatWaitsManyAreTakenAtOnce() throws Exception {
    submit(page(PAGE, 10), 8);

    assertThat(taken()).isEqualTo(WriteBuffer.MOST_EVENTS);
    assertThat(taken()).isEqualTo(2 * PAGE);
    assertThat(taken()).isEqualTo(PAGE);
  }

  @Test
  void aBatchIsLeftForThoseWhoWaitForOne() throws Exception {
    submit(page(PAGE / 10, 10), 20);

    assertThat(taken()).isEqualTo(PAGE);
    assertThat(taken()).isEqualTo(PAGE);
  }

  @Test
  void noPageIsTorn() throws Exception {
    submit(page(WriteBuffer.MOST_EVENTS - 1, 1), 1);
    submit(page(PAGE, 1), 3);

    assertThat(taken()).isEqualTo(WriteBuffer.MOST_EVENTS - 1 + PAGE);
    assertThat(taken()).isEqualTo(PAGE);
  }

  @Test
  void ofLargeRecordsNoMoreAreTakenThanMakeUpABatch() throws Exception {
    int bytesOfEach = (int) (WriteBuffer.LARGE_BYTES / PAGE) + 1;
    submit(page(PAGE / 2, bytesOfEach), 4);

    assertThat(taken()).isEqualTo(PAGE);
    assertThat(taken()).isEqualTo(PAGE);
  }

  @Test
  void aBatchSpansNoMoreItemsThanItMay() throws Exception {
    submit(page(1, 1), WriteBuffer.BATCH_ITEMS + 1);

    assertThat(taken()).isEqualTo(WriteBuffer.BATCH_ITEMS);
    assertThat(taken()).isEqualTo(1);
  }
}
