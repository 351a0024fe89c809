package io.github.atprotobackfill.examples.soak;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/** Processes that work on one job, and what keeps them: who dies is replaced. One thread. */
final class Fleet {

  private static final List<Duration> CLOCKS_OFF_BY =
      List.of(Duration.ZERO, Duration.ZERO, Duration.ofHours(1), Duration.ofHours(-1));

  private final Path folder;
  private final SoakWorker.Orders orders;
  private final Random random;
  private final List<WorkerProcess> working = new ArrayList<>();

  /** Those that are stopped, and when they may go on. */
  private final Map<WorkerProcess, Long> frozen = new HashMap<>();

  private Optional<UUID> job = Optional.empty();
  private int started;
  private int clocksWrong;

  Fleet(Path folder, SoakWorker.Orders orders, Random random) {
    this.folder = folder;
    this.orders = orders;
    this.random = random;
  }

  /** Lets two processes start the job at once, and then others join it. */
  UUID begin(int workers) throws IOException {
    WorkerProcess first = start();
    WorkerProcess second = start();
    first.awaitReady();
    second.awaitReady();
    first.begin();
    second.begin();
    UUID id = first.job();
    if (!id.equals(second.job())) {
      throw new AssertionError("two that started one job at once work on two");
    }
    job = Optional.of(id);
    while (working.size() < workers) {
      join();
    }
    return id;
  }

  private WorkerProcess start() throws IOException {
    Duration offBy = CLOCKS_OFF_BY.get(random.nextInt(CLOCKS_OFF_BY.size()));
    clocksWrong += offBy.isZero() ? 0 : 1;
    WorkerProcess worker =
        WorkerProcess.start(
            "worker-" + ++started,
            folder,
            new SoakWorker.Orders(
                orders.place(), orders.relay(), orders.directory(), orders.lease(), offBy, job));
    working.add(worker);
    return worker;
  }

  private void join() throws IOException {
    start().begin();
  }

  /** Kills one that works, and starts another. */
  void kill() throws IOException, InterruptedException {
    WorkerProcess victim = working.remove(random.nextInt(working.size()));
    victim.kill();
    victim.deleteLog();
    join();
  }

  /** Stops one that works until its leases have run out; unless that left nobody. */
  boolean freeze() throws IOException, InterruptedException {
    WorkerProcess victim = working.get(random.nextInt(working.size()));
    if (working.size() < 2) {
      return false;
    }
    working.remove(victim);
    victim.freeze();
    frozen.put(victim, System.nanoTime() + orders.lease().plusSeconds(1).toNanos());
    return true;
  }

  /** Lets those go on whose time has come, and replaces those that ended too early. */
  void tend() throws IOException, InterruptedException {
    for (WorkerProcess worker : List.copyOf(frozen.keySet())) {
      if (System.nanoTime() - frozen.get(worker) >= 0) {
        frozen.remove(worker);
        worker.thaw();
        working.add(worker);
      }
    }
    for (WorkerProcess worker : List.copyOf(working)) {
      if (!worker.alive() && worker.status() != 0) {
        if (worker.status() != SoakWorker.TRY_AGAIN) {
          throw new AssertionError("a worker broke down\n" + worker.log());
        }
        working.remove(worker);
        join();
      }
    }
  }

  /** Waits for all to see that the job has ended, which they must. */
  void end(Duration patience) throws IOException, InterruptedException {
    for (WorkerProcess worker : frozen.keySet()) {
      worker.thaw();
      working.add(worker);
    }
    frozen.clear();
    for (Iterator<WorkerProcess> left = working.iterator(); left.hasNext(); ) {
      WorkerProcess worker = left.next();
      if (!worker.awaitEnd(patience.toSeconds())) {
        throw new AssertionError("a worker does not see that the job has ended\n" + worker.log());
      }
      if (worker.status() != 0) {
        throw new AssertionError("a worker broke down\n" + worker.log());
      }
      worker.deleteLog();
      left.remove();
    }
    job = Optional.empty();
  }

  /** Ends them all, whatever they do. */
  void killAll() throws InterruptedException {
    working.addAll(frozen.keySet());
    for (WorkerProcess worker : working) {
      worker.kill();
    }
  }

  /** What those said that are there. */
  String logs() throws IOException {
    StringBuilder logs = new StringBuilder();
    for (WorkerProcess worker : working) {
      logs.append(worker.log());
    }
    for (WorkerProcess worker : frozen.keySet()) {
      logs.append("(stopped) ").append(worker.log());
    }
    return logs.toString();
  }

  /** How many processes were started so far. */
  int started() {
    return started;
  }

  /** How many of them had a clock that was an hour off. */
  int clocksWrong() {
    return clocksWrong;
  }
}
