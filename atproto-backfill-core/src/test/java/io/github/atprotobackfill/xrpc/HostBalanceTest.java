package io.github.atprotobackfill.xrpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.xrpc.HostBalance.Spent;
import io.github.atprotobackfill.xrpc.SharedBudget.Draw;
import io.github.atprotobackfill.xrpc.SharedBudget.Drawn;
import io.github.atprotobackfill.xrpc.SharedBudget.Known;
import io.github.atprotobackfill.xrpc.SharedBudget.Spending;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class HostBalanceTest {

  private static final long NOW = 1_795_000_000_000_000L;
  private static final long SECOND = 1_000_000;
  private static final ServiceUrl HOST = ServiceUrl.parse("https://pds.example.com");

  private static Draw want(HostPolicy policy, int most, Known known) {
    return new Draw(HOST, Spending.OTHERS, policy, most, known);
  }

  /** A request of a draw, and when it may be sent. */
  private static List<Long> times(Drawn drawn, HostPolicy policy, long now) {
    List<Long> times = new ArrayList<>();
    long last = now + drawn.after().toNanos() / 1000;
    for (int i = drawn.granted() - 1; i >= 0; i--) {
      times.add(Math.max(now, last - i * HostBalance.interval(policy)));
    }
    return times;
  }

  @Property(tries = 500)
  void over_no_time_more_is_granted_than_burst_and_rate_allow(
      @ForAll @DoubleRange(min = 0.01, max = 2000) double rate,
      @ForAll @IntRange(min = 1, max = 50) int burst,
      @ForAll @Size(min = 1, max = 60) List<@IntRange(min = 0, max = 3_000_000) Integer> pauses,
      @ForAll @IntRange(min = 1, max = 20) int most) {
    HostPolicy policy = new HostPolicy(4, rate, burst);
    HostBalance balance = HostBalance.FULL;
    List<Long> sent = new ArrayList<>();
    long now = NOW;
    for (int pause : pauses) {
      now += pause;
      Spent spent = balance.draw(want(policy, most, Known.NOTHING), now);
      balance = spent.balance();
      sent.addAll(times(spent.drawn(), policy, now));
    }

    assertThat(sent).isSorted();
    for (int i = 0; i < sent.size(); i++) {
      for (int j = i; j < sent.size(); j++) {
        double time = (sent.get(j) - sent.get(i)) / 1e6;
        assertThat((double) (j - i + 1)).isLessThanOrEqualTo(burst + rate * time + 1e-6);
      }
    }
  }

  @Test
  void a_clock_that_is_set_back_holds_nobody_up_for_long() {
    HostPolicy policy = HostPolicy.DEFAULT;
    Known parked = new Known(Known.UNLIMITED, Duration.ZERO, Duration.ZERO, Duration.ofMinutes(1));
    HostBalance drawn = HostBalance.FULL.draw(want(policy, 16, Known.NOTHING), NOW).balance();
    long hourBefore = NOW - 3600 * SECOND;

    Spent after = drawn.draw(want(policy, 1, Known.NOTHING), hourBefore);
    assertThat(after.drawn().granted()).isZero();
    assertThat(after.drawn().after()).isEqualTo(Duration.ofSeconds(2));
    Spent then = after.balance().draw(want(policy, 1, Known.NOTHING), hourBefore + 2 * SECOND);
    assertThat(then.drawn().granted()).isOne();

    HostBalance closed = HostBalance.FULL.draw(want(policy, 0, parked), NOW).balance();
    assertThat(closed.draw(want(policy, 1, Known.NOTHING), hourBefore).drawn().after())
        .isEqualTo(HostPolicy.MAX_PARK);
  }

  @Test
  void the_slowest_and_the_fastest_of_rates_are_reckoned_with() {
    for (double rate : new double[] {Double.MIN_VALUE, 1e-9, 1e9, Double.MAX_VALUE}) {
      HostPolicy policy = new HostPolicy(4, rate, Integer.MAX_VALUE);
      Spent all = HostBalance.FULL.draw(want(policy, Integer.MAX_VALUE, Known.NOTHING), NOW);
      assertThat(all.drawn().granted()).isPositive();

      Drawn next = all.balance().draw(want(policy, 1, Known.NOTHING), NOW).drawn();
      assertThat(next.after()).isGreaterThanOrEqualTo(Duration.ZERO);
    }
  }
}
