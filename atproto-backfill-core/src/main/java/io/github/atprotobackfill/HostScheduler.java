package io.github.atprotobackfill;

import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcClient;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives repos their turns at hosts: one lane a host, lanes served in rotation, at most so many
 * turns at once over all hosts. A repo that waits holds no thread; a host that is parked or down
 * costs the others nothing. Thread-safe.
 *
 * <p>A repo of which much is at hand already needs no host for its next turns. Those come first,
 * and a repo that holds much while its writer lags counts as one under way, so that no more are
 * begun than there may be turns at once.
 */
final class HostScheduler {

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, HostLane> lanes = new HashMap<>();
  private final ArrayDeque<HostLane> rotation = new ArrayDeque<>();
  private final ArrayDeque<RepoWorker> atHand = new ArrayDeque<>();
  private final PriorityQueue<HostLane> waiting =
      new PriorityQueue<>(Comparator.comparingLong((HostLane lane) -> lane.wakeAt));

  private final XrpcClient client;
  private final Executor executor;
  private final ScheduledExecutorService timer;
  private final LongSupplier ticker;
  private final int concurrency;
  private final Duration hostPatience;
  private final BackfillListener listener;

  private int running;
  private int holding;
  private long nextWake = Long.MAX_VALUE;

  HostScheduler(
      Settings settings,
      Executor executor,
      ScheduledExecutorService timer,
      LongSupplier ticker,
      BackfillListener listener) {
    this.client = settings.client();
    this.executor = executor;
    this.timer = timer;
    this.ticker = ticker;
    this.concurrency = settings.concurrency();
    this.hostPatience = settings.hostPatience();
    this.listener = listener;
  }

  /** Lets a repo wait for a turn at its host, behind those that wait already. */
  void submit(RepoWorker worker) {
    submit(worker, false);
  }

  /** Lets a repo whose turn came to nothing wait before the others. */
  void submitFirst(RepoWorker worker) {
    submit(worker, true);
  }

  /** Lets a repo go on that held much while its writer lagged. */
  void submitHolding(RepoWorker worker) {
    lock.lock();
    try {
      holding--;
      atHand.addLast(worker);
      dispatch();
    } finally {
      lock.unlock();
    }
  }

  /** A repo that held much to its end has let go of it. */
  void letGo() {
    lock.lock();
    try {
      holding--;
      dispatch();
    } finally {
      lock.unlock();
    }
  }

  private void submit(RepoWorker worker, boolean first) {
    lock.lock();
    try {
      enqueue(worker, first);
      dispatch();
    } finally {
      lock.unlock();
    }
  }

  private void enqueue(RepoWorker worker, boolean first) {
    if (!worker.needsHost()) {
      atHand.addLast(worker);
      return;
    }
    HostLane lane = lane(worker.host());
    if (first) {
      lane.ready.addFirst(worker);
    } else {
      lane.ready.addLast(worker);
    }
    place(lane);
  }

  /** Takes back every repo that waits, to be put down. */
  List<RepoWorker> withdrawAll() {
    lock.lock();
    try {
      List<RepoWorker> withdrawn = new ArrayList<>(atHand);
      atHand.clear();
      lanes.values().forEach(lane -> withdraw(lane, withdrawn));
      return withdrawn;
    } finally {
      lock.unlock();
    }
  }

  /** Takes back the repos that wait for one host. */
  List<RepoWorker> withdraw(ServiceUrl host) {
    lock.lock();
    try {
      List<RepoWorker> withdrawn = new ArrayList<>();
      withdraw(lane(host), withdrawn);
      return withdrawn;
    } finally {
      lock.unlock();
    }
  }

  private static void withdraw(HostLane lane, List<RepoWorker> withdrawn) {
    withdrawn.addAll(lane.ready);
    lane.ready.clear(); // where the lane is kept is put right when it comes up there
  }

  /** Whether the host would take a turn now or after mere pacing: neither parked nor down. */
  boolean accessible(ServiceUrl host) {
    lock.lock();
    try {
      HostLane lane = lanes.get(host.authority());
      return lane == null
          ? client.budget(host).parkedFor().isZero()
          : lane.breaker.waitNanos(ticker.getAsLong()) == 0 && lane.budget().parkedFor().isZero();
    } finally {
      lock.unlock();
    }
  }

  /** Why the host is given up, once it is. */
  Optional<Failure> givenUp(ServiceUrl host) {
    lock.lock();
    try {
      HostLane lane = lanes.get(host.authority());
      return lane == null ? Optional.empty() : lane.breaker.givenUp(ticker.getAsLong());
    } finally {
      lock.unlock();
    }
  }

  BackfillProgress.Hosts hosts() {
    lock.lock();
    try {
      int busy = 0;
      int parked = 0;
      int down = 0;
      for (HostLane lane : lanes.values()) {
        if (lane.running > 0) {
          busy++;
        }
        if (lane.breaker.halfOpen()) {
          down++;
        } else if (!lane.budget().parkedFor().isZero()) {
          parked++;
        }
      }
      return new BackfillProgress.Hosts(busy, parked, down);
    } finally {
      lock.unlock();
    }
  }

  private HostLane lane(ServiceUrl host) {
    return lanes.computeIfAbsent(
        host.authority(),
        authority -> new HostLane(host, () -> client.budget(host), new HostBreaker(hostPatience)));
  }

  /** Puts a lane where it belongs now; in the rotation or the waiting room it stays as it is. */
  private void place(HostLane lane) {
    if (lane.place != HostLane.Place.ASIDE || lane.ready.isEmpty() || !lane.hasRoom()) {
      return;
    }
    long now = ticker.getAsLong();
    long wait = lane.waitNanos(now);
    if (wait == 0) {
      lane.place = HostLane.Place.ROTATING;
      rotation.addLast(lane);
    } else {
      lane.place = HostLane.Place.WAITING;
      lane.wakeAt = now + wait;
      waiting.add(lane);
    }
  }

  private void dispatch() {
    for (Turn turn = next(); turn != null; turn = next()) {
      begin(turn);
    }
    scheduleWake();
  }

  /** The turn that is to be taken next, counted as begun; null when none may be. */
  private @Nullable Turn next() {
    wakeDue();
    if (running + holding < concurrency && !atHand.isEmpty()) {
      running++;
      return new Turn(null, atHand.removeFirst());
    }
    while (running + holding < concurrency && !rotation.isEmpty()) {
      HostLane lane = rotation.removeFirst();
      lane.place = HostLane.Place.ASIDE;
      if (!lane.ready.isEmpty() && lane.hasRoom() && lane.waitNanos(ticker.getAsLong()) == 0) {
        Turn turn = new Turn(lane, lane.ready.removeFirst());
        running++;
        lane.running++;
        lane.breaker.turnBegins();
        place(lane);
        return turn;
      }
      place(lane);
    }
    return null;
  }

  private void wakeDue() {
    long now = ticker.getAsLong();
    while (!waiting.isEmpty() && waiting.peek().wakeAt - now <= 0) {
      HostLane lane = waiting.remove();
      lane.place = HostLane.Place.ASIDE;
      place(lane);
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // Waking throws nothing that could be met there.
  private void scheduleWake() {
    if (waiting.isEmpty() || waiting.peek().wakeAt >= nextWake) {
      return;
    }
    nextWake = waiting.peek().wakeAt;
    long delay = Math.max(0, nextWake - ticker.getAsLong());
    try {
      timer.schedule(this::wake, delay, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      // The run is over; what waits was withdrawn.
      nextWake = Long.MAX_VALUE;
    }
  }

  private void wake() {
    lock.lock();
    try {
      nextWake = Long.MAX_VALUE;
      dispatch();
    } finally {
      lock.unlock();
    }
  }

  private void begin(Turn turn) {
    try {
      executor.execute(() -> takeTurns(turn));
    } catch (RejectedExecutionException e) {
      ended(turn, TurnResult.NOT_TAKEN);
      turn.worker().putDown();
    }
  }

  /** Takes a turn, and then others as long as there are any, sparing them a hand-over. */
  private void takeTurns(Turn first) {
    for (Turn turn = first; turn != null; ) {
      TurnResult result = TurnResult.NOT_TAKEN;
      Turn following;
      try {
        result = turn.worker().takeTurn();
      } finally {
        following = end(turn, result);
      }
      turn = following;
    }
  }

  /** Ends a turn; the one that this thread is to take now, or null. */
  private @Nullable Turn end(Turn turn, TurnResult result) {
    Optional<Duration> down;
    Duration parked = Duration.ZERO;
    Turn following;
    lock.lock();
    try {
      down = ended(turn, result);
      if (turn.lane() != null && result instanceof TurnResult.Throttled) {
        parked = turn.worker().budget().parkedFor();
      }
      if (result instanceof TurnResult.GoesOn) {
        enqueue(turn.worker(), false);
      } else if (result instanceof TurnResult.Holds) {
        holding++;
      }
      following = next();
      dispatch();
    } finally {
      lock.unlock();
    }
    tell(turn, result, down, parked);
    return following;
  }

  /** The wait that begins for the host, if this turn brought it down. */
  private Optional<Duration> ended(Turn turn, TurnResult result) {
    running--;
    HostLane lane = turn.lane();
    if (lane == null) {
      return Optional.empty();
    }
    lane.running--;
    Optional<Duration> down = Optional.empty();
    if (result instanceof TurnResult.HostFailed failed) {
      down = lane.breaker.failed(failed.failure(), ticker.getAsLong());
    } else if (result instanceof TurnResult.NotTaken || result instanceof TurnResult.Throttled) {
      lane.breaker.turnUndecided();
    } else {
      lane.breaker.answered();
    }
    place(lane);
    return down;
  }

  private void tell(Turn turn, TurnResult result, Optional<Duration> down, Duration parked) {
    HostLane lane = turn.lane();
    if (lane != null && !parked.isZero()) {
      listener.hostParked(lane.host, parked);
    }
    if (lane != null && down.isPresent() && result instanceof TurnResult.HostFailed failed) {
      listener.hostDown(lane.host, failed.failure(), down.get());
    }
  }

  /**
   * A turn that is being taken.
   *
   * @param lane where; null when the host is not asked
   */
  private record Turn(@Nullable HostLane lane, RepoWorker worker) {}
}
