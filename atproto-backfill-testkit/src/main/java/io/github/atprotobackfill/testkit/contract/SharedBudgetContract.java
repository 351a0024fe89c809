package io.github.atprotobackfill.testkit.contract;

import static io.github.atprotobackfill.testkit.contract.Samples.HOST;
import static io.github.atprotobackfill.testkit.contract.Samples.OTHER_HOST;
import static io.github.atprotobackfill.xrpc.SharedBudget.Spending.EXPORTS;
import static io.github.atprotobackfill.xrpc.SharedBudget.Spending.OTHERS;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.xrpc.HostPolicy;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.SharedBudget;
import io.github.atprotobackfill.xrpc.SharedBudget.Draw;
import io.github.atprotobackfill.xrpc.SharedBudget.Drawn;
import io.github.atprotobackfill.xrpc.SharedBudget.Known;
import io.github.atprotobackfill.xrpc.SharedBudget.Spending;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What {@link SharedBudget} promises: that processes together are granted no more than one alone,
 * and that what one of them hears of a host holds for all. For stores that keep such a budget:
 * extend it and give it a {@link StoreHarness}.
 */
public abstract class SharedBudgetContract extends StoreContract {

  /** So slow that what a test itself takes is of no account. */
  private static final Duration INTERVAL = Duration.ofSeconds(1000);

  private static final int BURST = 100;
  private static final HostPolicy SLOW = new HostPolicy(4, 1.0 / INTERVAL.toSeconds(), BURST);
  private static final HostPolicy BOUNDLESS = new HostPolicy(4, Double.POSITIVE_INFINITY, BURST);

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static Drawn draw(BackfillStores process, Draw wanted) {
    return process.sharedBudget().orElseThrow().draw(wanted);
  }

  private static Draw want(int most) {
    return new Draw(HOST, OTHERS, SLOW, most, Known.NOTHING);
  }

  private static Draw want(Spending spending, int most, Known known) {
    return new Draw(HOST, spending, BOUNDLESS, most, known);
  }

  private static Known window(long left, Duration resetIn) {
    return new Known(left, resetIn, Duration.ZERO, Duration.ZERO);
  }

  private static Known parked(Duration parkedFor) {
    return new Known(Known.UNLIMITED, Duration.ZERO, parkedFor, Duration.ZERO);
  }

  private static Known hostParked(Duration parkedFor) {
    return new Known(Known.UNLIMITED, Duration.ZERO, Duration.ZERO, parkedFor);
  }

  /** How many of those granted may be sent at once. */
  private static int now(Drawn drawn) {
    long waiting = -Math.floorDiv(-drawn.after().toNanos(), INTERVAL.toNanos());
    return (int) Math.max(0, drawn.granted() - waiting);
  }

  private int drawnByAllAtOnce() throws Exception {
    List<Integer> sent =
        AtOnce.call(
            thread -> {
              int sum = 0;
              for (int granted = 1, draws = 0; granted > 0 && draws < 10 * BURST; draws++) {
                Drawn drawn = draw(process(thread), want(1 + thread % 3));
                granted = drawn.granted();
                sum += now(drawn);
              }
              return sum;
            });
    return sent.stream().mapToInt(Integer::intValue).sum();
  }

  private static void assertWaits(Drawn drawn, Duration atLeast, Duration atMost) {
    assertThat(drawn.granted()).isZero();
    assertThat(drawn.after()).isBetween(atLeast, atMost);
  }

  private static void assertParked(Drawn drawn, Duration until) {
    assertThat(drawn.parked()).as("parked: %s", drawn).isTrue();
    assertWaits(drawn, until.minus(MINUTE), until);
  }

  @Test
  void whatOneProcessDrewIsNotThereForTheOther() {
    assertThat(draw(stores(), want(BURST - 1)))
        .isEqualTo(new Drawn(BURST - 1, Duration.ZERO, false));

    assertThat(draw(otherProcess(), want(1))).isEqualTo(new Drawn(1, Duration.ZERO, false));

    assertThat(now(draw(stores(), want(1)))).isZero();
  }

  @Test
  void ofSeveralThatDrawAtOnceAllTogetherAreGrantedTheBurst() throws Exception {
    assertThat(drawnByAllAtOnce()).isEqualTo(BURST);
  }

  @Test
  void asTimePassesAllTogetherAreGrantedWhatTheRateAllows() throws Exception {
    drawnByAllAtOnce();
    for (int earned : List.of(30, 7, 50)) {
      harness().advance(INTERVAL.multipliedBy(earned));

      // What was granted ahead of its time is of this time.
      assertThat(drawnByAllAtOnce()).isBetween(earned - 3, earned);
    }
  }

  @Test
  void aLongPauseFillsTheBudgetUpToTheBurst() throws Exception {
    draw(stores(), want(BURST));

    harness().advance(INTERVAL.multipliedBy(100L * BURST));

    assertThat(drawnByAllAtOnce()).isEqualTo(BURST);
  }

  @Test
  void noMoreIsGrantedThanIsWantedNorThanTheBurst() {
    assertThat(draw(stores(), want(3)).granted()).isEqualTo(3);
    assertThat(draw(stores(), new Draw(OTHER_HOST, OTHERS, SLOW, 10 * BURST, Known.NOTHING)))
        .isEqualTo(new Drawn(BURST, Duration.ZERO, false));
  }

  @Test
  void whoComesWhenAllIsSpentIsGrantedItsPlaceAndTheNextIsSentAway() {
    draw(stores(), want(BURST));

    Drawn ahead = draw(stores(), want(3));
    assertThat(ahead.granted()).isEqualTo(3);
    assertThat(ahead.after()).isBetween(INTERVAL.multipliedBy(2), INTERVAL.multipliedBy(3));
    assertThat(ahead.parked()).isFalse();

    Drawn tooFarAhead = draw(otherProcess(), want(1));
    assertWaits(tooFarAhead, INTERVAL.multipliedBy(2), INTERVAL.multipliedBy(3));
    assertThat(tooFarAhead.parked()).isFalse();
  }

  @Test
  void eachHostHasABudgetOfItsOwn() {
    ServiceUrl otherPort = new ServiceUrl("https", HOST.host(), 8443);
    ServiceUrl otherScheme = new ServiceUrl("http", HOST.host(), -1);
    draw(stores(), want(BURST));

    for (ServiceUrl host : List.of(OTHER_HOST, otherPort, otherScheme)) {
      assertThat(draw(stores(), new Draw(host, OTHERS, SLOW, BURST, Known.NOTHING)))
          .isEqualTo(new Drawn(BURST, Duration.ZERO, false));
    }
  }

  @Test
  void thePaceIsOneForAllThatIsAskedOfAHost() {
    draw(stores(), want(BURST));

    assertThat(now(draw(otherProcess(), new Draw(HOST, EXPORTS, SLOW, 1, Known.NOTHING)))).isZero();
  }

  @Test
  void withoutARateNobodyWaits() {
    for (int i = 0; i < 20; i++) {
      assertThat(draw(process(i), want(OTHERS, BURST, Known.NOTHING)))
          .isEqualTo(new Drawn(BURST, Duration.ZERO, false));
    }
  }

  @Test
  void whoOnlyTellsDrawsNothing() {
    assertThat(draw(stores(), want(0))).isEqualTo(new Drawn(0, Duration.ZERO, false));

    assertThat(now(draw(stores(), want(BURST)))).isEqualTo(BURST);
  }

  @Test
  void aHostThatOneHeardIsClosedIsSoForAllUntilItsTime() throws Exception {
    Duration time = Duration.ofMinutes(10);

    assertParked(draw(stores(), want(OTHERS, 0, hostParked(time))), time);

    assertParked(draw(otherProcess(), want(OTHERS, 1, Known.NOTHING)), time);
    assertParked(draw(otherProcess(), want(EXPORTS, 1, Known.NOTHING)), time);
    harness().advance(time);
    assertThat(draw(otherProcess(), want(OTHERS, 1, Known.NOTHING)).granted()).isOne();
    assertThat(draw(stores(), want(EXPORTS, 1, Known.NOTHING)).granted()).isOne();
  }

  @Test
  void whatOneHeardIsNeverShortenedByAnother() throws Exception {
    Duration time = Duration.ofMinutes(10);
    draw(stores(), want(OTHERS, 1, hostParked(time)));
    draw(stores(), want(EXPORTS, 1, parked(time)));

    draw(otherProcess(), want(OTHERS, 1, hostParked(MINUTE)));
    draw(otherProcess(), want(EXPORTS, 1, parked(MINUTE)));

    assertParked(draw(otherProcess(), want(OTHERS, 1, Known.NOTHING)), time);
    harness().advance(MINUTE.multipliedBy(2));
    assertParked(
        draw(stores(), want(EXPORTS, 1, Known.NOTHING)), time.minus(MINUTE.multipliedBy(2)));
  }

  @Test
  void ofSeveralThatTellAtOnceTheLongestHolds() throws Exception {
    AtOnce.call(
        thread -> draw(process(thread), want(OTHERS, 1, hostParked(MINUTE.multipliedBy(thread)))));

    assertParked(
        draw(stores(), want(OTHERS, 1, Known.NOTHING)), MINUTE.multipliedBy(AtOnce.THREADS - 1));
  }

  @Test
  void noHostIsClosedForLongerThanMayBe() throws Exception {
    Duration days = Duration.ofDays(3);

    draw(stores(), want(OTHERS, 1, new Known(0, days, days, days)));

    assertParked(draw(stores(), want(OTHERS, 1, Known.NOTHING)), HostPolicy.MAX_PARK);
    harness().advance(HostPolicy.MAX_PARK);
    assertThat(draw(stores(), want(OTHERS, 1, Known.NOTHING)).granted()).isOne();
  }

  @Test
  void aRefusalOfOneSpendingIsNotOneOfTheOther() {
    Duration time = Duration.ofMinutes(10);

    draw(stores(), want(EXPORTS, 1, parked(time)));

    assertThat(draw(otherProcess(), want(OTHERS, 1, Known.NOTHING)).granted()).isOne();
    assertParked(draw(otherProcess(), want(EXPORTS, 1, Known.NOTHING)), time);
  }

  @Test
  void whatIsLeftOfAWindowIsSpentTogetherUntilItEnds() throws Exception {
    Duration reset = Duration.ofMinutes(5);

    assertThat(draw(stores(), want(OTHERS, 6, window(10, reset))).granted()).isEqualTo(6);

    assertThat(draw(otherProcess(), want(OTHERS, 6, Known.NOTHING)).granted()).isEqualTo(4);
    assertParked(draw(otherProcess(), want(OTHERS, 1, Known.NOTHING)), reset);
    assertParked(draw(stores(), want(OTHERS, 1, Known.NOTHING)), reset);
    harness().advance(reset);
    assertThat(draw(stores(), want(OTHERS, 20, Known.NOTHING)).granted()).isEqualTo(20);
  }

  @Test
  void ofOneWindowTheSmallerRemainderIsBelieved() {
    Duration reset = Duration.ofMinutes(5);
    draw(stores(), want(OTHERS, 0, window(10, reset)));

    draw(otherProcess(), want(OTHERS, 0, window(50, reset)));
    draw(otherProcess(), want(OTHERS, 0, window(7, reset)));
    draw(stores(), want(OTHERS, 0, window(9, reset)));

    assertThat(draw(stores(), want(OTHERS, 20, Known.NOTHING)).granted()).isEqualTo(7);
  }

  @Test
  void aLaterWindowReplacesTheOneBeforeAndAnEarlierDoesNot() {
    draw(stores(), want(OTHERS, 0, window(0, Duration.ofMinutes(5))));

    draw(otherProcess(), want(OTHERS, 0, window(30, Duration.ofMinutes(10))));
    draw(stores(), want(OTHERS, 0, window(0, Duration.ofMinutes(5))));

    assertThat(draw(stores(), want(OTHERS, 40, Known.NOTHING)).granted()).isEqualTo(30);
  }

  @Test
  void theWindowOfOneSpendingIsNotThatOfTheOther() {
    draw(stores(), want(OTHERS, 0, window(3, Duration.ofMinutes(5))));

    assertThat(draw(otherProcess(), want(EXPORTS, 10, Known.NOTHING)).granted()).isEqualTo(10);
    assertThat(draw(otherProcess(), want(OTHERS, 10, Known.NOTHING)).granted()).isEqualTo(3);
  }

  @Test
  void whatIsSpentOutlivesTheProcess() throws Exception {
    draw(stores(), want(BURST));
    draw(stores(), want(EXPORTS, 0, parked(Duration.ofMinutes(10))));

    restart();

    assertThat(now(draw(stores(), want(1)))).isZero();
    assertParked(draw(stores(), want(EXPORTS, 1, Known.NOTHING)), Duration.ofMinutes(10));
  }
}
