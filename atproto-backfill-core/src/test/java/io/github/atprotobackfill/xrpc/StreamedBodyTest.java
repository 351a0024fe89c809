package io.github.atprotobackfill.xrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.atprotobackfill.xrpc.ArrivingBody.CutShort;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whose time it is: the host's while its reader waits, the reader's otherwise. */
class StreamedBodyTest {

  private static final Duration WINDOW = Duration.ofSeconds(10);
  private static final HttpLimits LIMITS =
      new HttpLimits(Duration.ofMinutes(30), Duration.ofSeconds(20), 1000, WINDOW);

  private final ManualTicker time = new ManualTicker();
  private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
  private final StreamedBody body = new StreamedBody(1_000_000, -1, time);
  private final AtomicLong requested = new AtomicLong();
  private final BodyWatch watch = new BodyWatch(body, LIMITS, time.getAsLong(), timer, time);

  @AfterEach
  void stop() {
    timer.shutdownNow();
  }

  private void subscribe() {
    body.onSubscribe(
        new Flow.Subscription() {
          @Override
          public void request(long count) {
            requested.addAndGet(count);
          }

          @Override
          public void cancel() {}
        });
  }

  private void arrive(int bytes) {
    body.onNext(List.of(ByteBuffer.allocate(bytes)));
  }

  private CompletableFuture<Integer> waitingReader() {
    CompletableFuture<Integer> read = new CompletableFuture<>();
    Thread reader =
        new Thread(
            () -> {
              try {
                read.complete(body.read(new byte[100], 0, 100));
              } catch (Exception failed) {
                read.completeExceptionally(failed);
              }
            });
    reader.start();
    while (reader.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    return read;
  }

  @Test
  void the_time_of_a_busy_reader_is_not_the_hosts() {
    time.advance(Duration.ofMinutes(10));
    watch.run();

    assertThat(body.cut()).isNull();
    assertThat(body.hostTime(time.getAsLong())).isZero();
  }

  @Test
  void the_time_of_a_waiting_reader_is_the_hosts() {
    CompletableFuture<Integer> read = waitingReader();
    time.advance(WINDOW.minusNanos(1));
    watch.run();
    assertThat(body.cut()).isNull();

    time.advance(Duration.ofNanos(1));
    watch.run();

    assertThat(body.cut()).isEqualTo(CutShort.TOO_SLOW);
    assertThat(read).failsWithin(Duration.ofSeconds(10));
  }

  @Test
  void what_arrives_while_a_reader_waits_counts_for_the_host() {
    CompletableFuture<Integer> read = waitingReader();
    time.advance(WINDOW);
    arrive(10_000);
    watch.run();

    assertThat(body.cut()).isNull();
    assertThat(read).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(100);
  }

  @Test
  void the_deadline_is_everybodys() {
    time.advance(Duration.ofMinutes(30));
    watch.run();

    assertThat(body.cut()).isEqualTo(CutShort.PAST_DEADLINE);
  }

  @Test
  void as_many_buffers_are_asked_for_as_were_read() throws Exception {
    subscribe();
    long atFirst = requested.get();
    arrive(150);
    arrive(50);

    assertThat(body.read(new byte[100], 0, 100)).isEqualTo(100);
    assertThat(requested).hasValue(atFirst + 1);
    assertThat(body.read(new byte[100], 0, 100)).isEqualTo(50);
    assertThat(requested).hasValue(atFirst + 1);
    assertThat(body.read(new byte[100], 0, 100)).isEqualTo(50);
    assertThat(requested).hasValue(atFirst + 2);
    assertThat(body.available()).isZero();
  }

  @Test
  void an_empty_buffer_does_not_take_the_place_of_a_full_one() {
    subscribe();
    long atFirst = requested.get();

    arrive(0);

    assertThat(requested).hasValue(atFirst + 1);
  }

  @Test
  void what_arrived_before_a_break_is_read_before_it() throws Exception {
    arrive(10);
    body.onError(new IOException("reset"));

    assertThat(body.read(new byte[100], 0, 100)).isEqualTo(10);
    assertThat(catchThrowable(() -> body.read(new byte[100], 0, 100))).hasMessage("reset");
  }
}
