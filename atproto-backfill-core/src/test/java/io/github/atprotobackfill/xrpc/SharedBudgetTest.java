package io.github.atprotobackfill.xrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.xrpc.SharedBudget.Draw;
import io.github.atprotobackfill.xrpc.SharedBudget.Drawn;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Several processes that spend one budget. */
class SharedBudgetTest {

  private static final ServiceUrl HOST = ServiceUrl.parse("https://pds.example.com");
  private static final Call CALL =
      Call.query(HOST, Nsid.parse("com.example.test.query"), XrpcParams.none(), 1000);

  private static final int RATE = 8;
  private static final int BURST = 16;
  private static final HostPolicy POLICY = new HostPolicy(4, RATE, BURST);

  private final ManualTicker time = new ManualTicker();
  private final long start = time.getAsLong();
  private final HostTurns turns = new HostTurns(time);
  private final SharedBudget store =
      SharedBudget.inMemory(() -> Instant.ofEpochSecond(2_000_000_000L).plus(passed()));

  private int draws;
  private boolean away;

  private Duration passed() {
    return Duration.ofNanos(time.getAsLong() - start);
  }

  private Drawn draw(Draw wanted) {
    draws++;
    if (away) {
      throw new IllegalStateException("the store is away");
    }
    return store.draw(wanted);
  }

  private HostBudgets process() {
    return new HostBudgets(host -> POLICY, time, this::draw);
  }

  private List<HostBudget> processes(int count) {
    return Stream.generate(() -> process().of(HOST)).limit(count).toList();
  }

  private static RateLimitHeaders retryAfter(Duration wait) {
    return new RateLimitHeaders(-1, null, wait);
  }

  @Test
  void four_processes_keep_the_pace_of_one() throws Exception {
    List<HostBudget> processes = processes(4);

    for (int sent = 1; sent <= 1000; sent++) {
      turns.await(CALL, nextReady(processes));
      double allowed = BURST + RATE * (passed().plus(DrawnRequests.KEPT).toNanos() / 1e9);
      assertThat((double) sent).isLessThanOrEqualTo(allowed);
    }

    double asOne = (1000.0 - BURST) / RATE;
    assertThat(passed().toNanos() / 1e9).isBetween(asOne - 1, asOne + 3);
  }

  /** The first of processes that all have something to send, at the time when it may. */
  private HostBudget nextReady(List<HostBudget> processes) throws InterruptedException {
    while (true) {
      for (HostBudget each : processes) {
        each.draw();
      }
      HostBudget next = Collections.min(processes, Comparator.comparing(HostBudget::readyIn));
      if (next.readyIn().isZero()) {
        return next;
      }
      time.advance(next.readyIn());
    }
  }

  @Test
  void one_draw_brings_what_half_a_second_allows() throws Exception {
    HostBudget busy = processes(1).get(0);

    for (int sent = 0; sent < 400; sent++) {
      turns.await(CALL, busy);
    }

    assertThat(draws).isBetween(100, 105);
  }

  @Test
  void who_asks_now_and_then_draws_no_more_than_it_needs() throws Exception {
    HostBudget rare = processes(1).get(0);
    for (int sent = 0; sent < 20; sent++) {
      turns.await(CALL, rare);
      time.advance(Duration.ofSeconds(10));
    }
    HostBudget other = processes(1).get(0);
    time.advance(Duration.ofMinutes(1));

    turns.await(CALL, rare);
    long before = time.getAsLong();
    for (int sent = 0; sent < BURST - 1; sent++) {
      turns.await(CALL, other);
    }

    assertThat(time.getAsLong()).isEqualTo(before);
  }

  @Test
  void a_process_that_dies_costs_the_others_its_batch_and_no_more() throws Exception {
    HostBudget dying = processes(1).get(0);
    HostBudget living = processes(1).get(0);
    for (int sent = 0; sent < BURST + 1; sent++) {
      turns.await(CALL, dying);
    }
    Duration died = passed();

    turns.await(CALL, living);

    assertThat(passed().minus(died)).isLessThanOrEqualTo(Duration.ofMillis(500 + 125));
  }

  @Test
  void what_was_not_spent_in_its_time_is_lost() throws Exception {
    HostBudget one = processes(1).get(0);
    turns.await(CALL, one);
    turns.await(CALL, one);
    turns.await(CALL, one);
    int before = draws;
    assertThat(one.readyIn()).isZero();

    time.advance(DrawnRequests.KEPT.plusMillis(1));

    assertThat(one.take().draws()).isTrue();
    turns.await(CALL, one);
    assertThat(draws).isEqualTo(before + 1);
  }

  @Test
  void what_one_hears_of_a_refusal_the_others_hear_before_they_ask() {
    List<HostBudget> processes = processes(2);
    Duration wait = Duration.ofSeconds(90);
    processes.get(0).answered(429, true, retryAfter(wait), time.getAsLong());
    processes.get(0).tellNews();

    XrpcException refusal =
        catchThrowableOfType(XrpcException.class, () -> turns.await(CALL, processes.get(1)));

    assertThat(refusal.kind()).isEqualTo(ErrorKind.RATE_LIMITED);
    assertThat(refusal.retryAfter()).hasValue(wait);
    assertThat(processes.get(1).parkedFor()).isEqualTo(wait);
    assertThat(processes.get(1).readyIn()).isEqualTo(wait);
    assertThat(time.slept()).isZero();
  }

  @Test
  void a_refusal_is_told_once_however_many_requests_met_it() {
    HostBudget one = processes(1).get(0);
    long sentAt = time.getAsLong();

    for (int answers = 0; answers < 4; answers++) {
      one.answered(429, true, retryAfter(Duration.ofSeconds(5)), sentAt);
      one.tellNews();
    }

    assertThat(draws).isOne();
  }

  @Test
  void a_window_that_one_knows_of_is_spent_by_all() throws Exception {
    List<HostBudget> processes = processes(2);
    Duration reset = Duration.ofMinutes(4);
    turns.await(CALL, processes.get(0));
    processes.get(0).answered(200, false, new RateLimitHeaders(5, reset, null), time.getAsLong());
    turns.await(CALL, processes.get(0));

    int sent = 0;
    XrpcException refusal = null;
    while (refusal == null && sent < 20) {
      refusal =
          catchThrowableOfType(XrpcException.class, () -> turns.await(CALL, processes.get(1)));
      sent += refusal == null ? 1 : 0;
    }

    assertThat(sent).isBetween(3, 4);
    assertThat(processes.get(1).parkedFor()).isBetween(reset.minusSeconds(1), reset);
  }

  @Test
  void while_the_store_is_away_nothing_is_spent_and_nobody_fails_for_it() throws Exception {
    HostBudget one = processes(1).get(0);
    away = true;

    XrpcException refusal = catchThrowableOfType(XrpcException.class, () -> turns.await(CALL, one));

    assertThat(refusal.kind()).isEqualTo(ErrorKind.RATE_LIMITED);
    assertThat(time.slept()).isEqualTo(HostBudget.LONGEST_PACING);
    assertThat(draws).isBetween(10, 11);
    assertThat(one.readyIn()).isEqualTo(BudgetStore.AWAY);

    away = false;
    turns.await(CALL, one);
    assertThat(time.slept()).isEqualTo(HostBudget.LONGEST_PACING.plus(BudgetStore.AWAY));
  }

  @Test
  void who_is_sent_away_is_not_ready_before_its_time() throws Exception {
    HostPolicy slow = new HostPolicy(4, 0.2, 1);
    HostBudget one = new HostBudgets(host -> slow, time, this::draw).of(HOST);
    HostBudget other = new HostBudgets(host -> slow, time, this::draw).of(HOST);
    HostBudget third = new HostBudgets(host -> slow, time, this::draw).of(HOST);
    turns.await(CALL, one);
    other.draw();
    int before = draws;

    third.draw();

    assertThat(third.readyIn()).isBetween(Duration.ofMillis(3900), Duration.ofSeconds(4));
    third.draw();
    assertThat(draws).isEqualTo(before + 1);
    assertThat(other.readyIn()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void a_request_that_was_not_sent_is_there_for_the_next() throws Exception {
    HostBudget one = processes(1).get(0);
    turns.await(CALL, one);
    int before = draws;

    one.giveBack();

    turns.await(CALL, one);
    assertThat(draws).isEqualTo(before);
  }
}
