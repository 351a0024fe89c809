package io.github.atprotobackfill.testkit.contract;

import io.github.atprotobackfill.xrpc.HostBalance;
import io.github.atprotobackfill.xrpc.HostPolicy;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.SharedBudget;
import io.github.atprotobackfill.xrpc.SharedBudget.Draw;
import io.github.atprotobackfill.xrpc.SharedBudget.Drawn;
import io.github.atprotobackfill.xrpc.SharedBudget.Known;
import io.github.atprotobackfill.xrpc.SharedBudget.Spending;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/** The contract of shared budgets turns red on each of these. */
class BrokenSharedBudgetTest extends RedContract<BrokenSharedBudgetTest.Broken> {

  BrokenSharedBudgetTest() {
    super(Contract.class, Fault.values(), (sound, storage) -> sound, broken -> current = broken);
  }

  /** What is wrong with the budget of one process. */
  interface Broken {
    SharedBudget of(SharedBudget sound, Storage storage);
  }

  /** What the processes have in common. */
  private record Storage(
      InstantSource clock, ReentrantLock lock, Map<ServiceUrl, HostBalance> balances) {}

  enum Fault implements RedContract.Fault<Broken> {
    LIVES_IN_THE_PROCESS(
        (sound, storage) -> SharedBudget.inMemory(storage.clock()),
        "whatOneProcessDrewIsNotThereForTheOther",
        "ofSeveralThatDrawAtOnceAllTogetherAreGrantedTheBurst",
        "asTimePassesAllTogetherAreGrantedWhatTheRateAllows",
        "aLongPauseFillsTheBudgetUpToTheBurst",
        "whatIsSpentOutlivesTheProcess"),
    GRANTS_TWICE_AS_MUCH(
        (sound, storage) ->
            wanted -> {
              Drawn drawn = sound.draw(wanted);
              return new Drawn(2 * drawn.granted(), drawn.after(), drawn.parked());
            },
        "ofSeveralThatDrawAtOnceAllTogetherAreGrantedTheBurst",
        "asTimePassesAllTogetherAreGrantedWhatTheRateAllows",
        "noMoreIsGrantedThanIsWantedNorThanTheBurst"),
    NEVER_FILLS(
        (sound, storage) ->
            new Balances(new Storage(() -> BEGINNING, storage.lock(), storage.balances())),
        "asTimePassesAllTogetherAreGrantedWhatTheRateAllows",
        "aLongPauseFillsTheBudgetUpToTheBurst",
        "aHostThatOneHeardIsClosedIsSoForAllUntilItsTime",
        "whatIsLeftOfAWindowIsSpentTogetherUntilItEnds"),
    FILLS_WITHOUT_END(
        (sound, storage) -> wanted -> sound.draw(with(wanted, burst(wanted.policy(), 1000))),
        "aLongPauseFillsTheBudgetUpToTheBurst",
        "noMoreIsGrantedThanIsWantedNorThanTheBurst"),
    GRANTS_AHEAD_AS_FAR_AS_IS_WANTED(
        (sound, storage) ->
            wanted -> {
              Drawn drawn = sound.draw(wanted);
              boolean early = drawn.granted() == 0 && wanted.most() > 0 && !drawn.parked();
              return early ? new Drawn(1, drawn.after(), false) : drawn;
            },
        "whoComesWhenAllIsSpentIsGrantedItsPlaceAndTheNextIsSentAway"),
    KNOWS_ONE_HOST(
        (sound, storage) -> wanted -> sound.draw(at(wanted, Samples.HOST)),
        "eachHostHasABudgetOfItsOwn"),
    PACES_EXPORTS_APART(
        (sound, storage) ->
            wanted ->
                sound.draw(
                    wanted.spending() == Spending.EXPORTS
                        ? at(wanted, Samples.host("exports.example.com"))
                        : wanted),
        "thePaceIsOneForAllThatIsAskedOfAHost",
        "aHostThatOneHeardIsClosedIsSoForAllUntilItsTime"),
    KNOWS_ONE_SPENDING(
        (sound, storage) ->
            wanted ->
                sound.draw(
                    new Draw(
                        wanted.host(),
                        Spending.OTHERS,
                        wanted.policy(),
                        wanted.most(),
                        wanted.known())),
        "aRefusalOfOneSpendingIsNotOneOfTheOther",
        "theWindowOfOneSpendingIsNotThatOfTheOther"),
    HAS_A_RATE_ALWAYS(
        (sound, storage) ->
            wanted -> {
              double rate = Math.min(1000, wanted.policy().requestsPerSecond());
              return sound.draw(with(wanted, wanted.policy().withRequestsPerSecond(rate)));
            },
        "withoutARateNobodyWaits"),
    DRAWS_FOR_WHO_ONLY_TELLS(
        (sound, storage) ->
            wanted ->
                sound.draw(
                    new Draw(
                        wanted.host(),
                        wanted.spending(),
                        wanted.policy(),
                        Math.max(1, wanted.most()),
                        wanted.known())),
        "whoOnlyTellsDrawsNothing"),
    LISTENS_TO_NOBODY(
        (sound, storage) -> wanted -> sound.draw(told(wanted, Known.NOTHING)),
        "aHostThatOneHeardIsClosedIsSoForAllUntilItsTime",
        "whatIsLeftOfAWindowIsSpentTogetherUntilItEnds"),
    FORGETS_PARKS_FOR_SHORTER_ONES(
        (sound, storage) ->
            new Balances(storage) {
              @Override
              HostBalance before(HostBalance stands, Draw wanted) {
                Known known = wanted.known();
                Duration longest = known.hostParkedFor().plus(known.parkedFor());
                return longest.isZero() ? stands : HostBalance.FULL;
              }
            },
        "whatOneHeardIsNeverShortenedByAnother"),
    BELIEVES_THE_SHORTEST(
        (sound, storage) ->
            wanted -> {
              Duration parked = wanted.known().hostParkedFor();
              Duration half = parked.dividedBy(2);
              return sound.draw(told(wanted, hostParked(half)));
            },
        "ofSeveralThatTellAtOnceTheLongestHolds"),
    CLOSES_FOR_AS_LONG_AS_IS_SAID(
        (sound, storage) -> new EndlessParks(storage.clock()), "noHostIsClosedForLongerThanMayBe"),
    BELIEVES_THE_LAST_WINDOW(
        (sound, storage) ->
            new Balances(storage) {
              @Override
              HostBalance before(HostBalance stands, Draw wanted) {
                return wanted.known().left() == Known.UNLIMITED ? stands : HostBalance.FULL;
              }
            },
        "ofOneWindowTheSmallerRemainderIsBelieved",
        "aLaterWindowReplacesTheOneBeforeAndAnEarlierDoesNot");

    private final Broken broken;
    private final Set<String> red;

    Fault(Broken broken, String... red) {
      this.broken = broken;
      this.red = Set.of(red);
    }

    @Override
    public Broken broken() {
      return broken;
    }

    @Override
    public Set<String> red() {
      return red;
    }
  }

  private static final Instant BEGINNING = Instant.parse("2026-01-01T00:00:00Z");

  private static Broken current = (sound, storage) -> sound;

  static final class Contract extends SharedBudgetContract {

    @Override
    protected StoreHarness newHarness() {
      ReentrantLock lock = new ReentrantLock();
      Map<ServiceUrl, HostBalance> balances = new HashMap<>();
      return new BrokenHarness(
          (sound, clock) ->
              new ForwardingStores(
                  sound.progress(),
                  sound.queue(),
                  sound.states(),
                  Optional.of(
                      current.of(
                          sound.sharedBudget().orElseThrow(),
                          new Storage(clock, lock, balances)))));
    }
  }

  private static Draw at(Draw wanted, ServiceUrl host) {
    return new Draw(host, wanted.spending(), wanted.policy(), wanted.most(), wanted.known());
  }

  private static Draw with(Draw wanted, HostPolicy policy) {
    return new Draw(wanted.host(), wanted.spending(), policy, wanted.most(), wanted.known());
  }

  private static Draw told(Draw wanted, Known known) {
    return new Draw(wanted.host(), wanted.spending(), wanted.policy(), wanted.most(), known);
  }

  private static HostPolicy burst(HostPolicy policy, int times) {
    return new HostPolicy(policy.concurrency(), policy.requestsPerSecond(), times * policy.burst());
  }

  private static Known hostParked(Duration parked) {
    return new Known(Known.UNLIMITED, Duration.ZERO, Duration.ZERO, parked);
  }

  /** A budget of which the balance that stands can be spoilt before each draw. */
  private static class Balances implements SharedBudget {

    private final Storage storage;

    Balances(Storage storage) {
      this.storage = storage;
    }

    HostBalance before(HostBalance stands, Draw wanted) {
      return stands;
    }

    @Override
    public Drawn draw(Draw wanted) {
      storage.lock().lock();
      try {
        HostBalance stands = storage.balances().getOrDefault(wanted.host(), HostBalance.FULL);
        long now = ChronoUnit.MICROS.between(Instant.EPOCH, storage.clock().instant());
        HostBalance.Spent spent = before(stands, wanted).draw(wanted, now);
        storage.balances().put(wanted.host(), spent.balance());
        return spent.drawn();
      } finally {
        storage.lock().unlock();
      }
    }
  }

  /** Parks hosts by a clock of its own, without a bound. */
  private static final class EndlessParks implements SharedBudget {

    private final InstantSource clock;
    private Instant until = Instant.MIN;

    EndlessParks(InstantSource clock) {
      this.clock = clock;
    }

    @Override
    public Drawn draw(Draw wanted) {
      Instant now = clock.instant();
      Duration parked = wanted.known().hostParkedFor();
      until = parked.isZero() ? until : now.plus(parked);
      return until.isAfter(now)
          ? new Drawn(0, Duration.between(now, until), true)
          : new Drawn(wanted.most(), Duration.ZERO, false);
    }
  }
}
