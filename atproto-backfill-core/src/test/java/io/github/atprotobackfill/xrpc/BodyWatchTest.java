package io.github.atprotobackfill.xrpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.xrpc.ArrivingBody.CutShort;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BodyWatchTest {

  private static final Duration WINDOW = Duration.ofSeconds(10);
  private static final HttpLimits LIMITS =
      new HttpLimits(Duration.ofSeconds(60), Duration.ofSeconds(20), 1000, WINDOW);

  private final ManualTicker time = new ManualTicker();
  private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
  private final BoundedBody body = new BoundedBody(1_000_000, -1, false);
  private final Connection connection = new Connection();
  private final BodyWatch watch = new BodyWatch(body, LIMITS, time.getAsLong(), timer, time);

  private static final class Connection implements Flow.Subscription {
    private boolean cancelled;

    @Override
    public void request(long count) {}

    @Override
    public void cancel() {
      cancelled = true;
    }
  }

  @BeforeEach
  void begin() {
    timer.setRemoveOnCancelPolicy(true);
    body.onSubscribe(connection);
    watch.start();
  }

  @AfterEach
  void stop() {
    timer.shutdownNow();
  }

  private void arrive(int bytes) {
    body.onNext(List.of(ByteBuffer.allocate(bytes)));
  }

  private void look() {
    watch.run();
  }

  @Test
  void a_body_at_the_floor_goes_on() {
    for (int i = 0; i < 5; i++) {
      arrive(10_000);
      time.advance(WINDOW);
      look();
    }

    assertThat(body.cut()).isNull();
    assertThat(connection.cancelled).isFalse();
  }

  @Test
  void a_body_below_the_floor_is_cut_and_its_connection_closed() {
    arrive(9_999);
    time.advance(WINDOW);
    look();

    assertThat(body.cut()).isEqualTo(CutShort.TOO_SLOW);
    assertThat(connection.cancelled).isTrue();
    assertThat(body.getBody().toCompletableFuture()).isCompletedExceptionally();
  }

  @Test
  void a_fast_beginning_does_not_pay_for_a_slow_end() {
    arrive(900_000);
    time.advance(WINDOW);
    look();
    assertThat(body.cut()).isNull();

    time.advance(WINDOW);
    look();
    assertThat(body.cut()).isEqualTo(CutShort.TOO_SLOW);
  }

  @Test
  void a_look_before_the_window_is_over_judges_nothing() {
    time.advance(WINDOW.minusNanos(1));
    look();

    assertThat(body.cut()).isNull();
  }

  @Test
  void the_deadline_cuts_a_body_however_fast() {
    for (int i = 0; i < 6; i++) {
      arrive(100_000);
      time.advance(WINDOW);
      look();
    }

    assertThat(body.cut()).isEqualTo(CutShort.PAST_DEADLINE);
  }

  @Test
  void a_watch_that_was_stopped_leaves_nothing_behind() {
    assertThat(timer.getQueue()).hasSize(1);

    watch.stop();
    time.advance(Duration.ofHours(1));
    look();

    assertThat(body.cut()).isNull();
    assertThat(timer.getQueue()).isEmpty();
  }

  @Test
  void a_body_that_was_cut_takes_nothing_more() {
    arrive(10);
    time.advance(WINDOW);
    look();
    arrive(10);

    assertThat(body.size()).isEqualTo(10);
  }
}
