package io.github.atprotobackfill.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.testkit.network.Fault;
import io.github.atprotobackfill.testkit.network.RepoSizes;
import io.github.atprotobackfill.testkit.network.SimulatedHost;
import io.github.atprotobackfill.testkit.network.SimulatedNetwork;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code worker}: several processes on one job. */
class WorkerCommandTest {

  private static final String NOTE = "com.example.note";

  @TempDir Path folder;

  private String database() {
    return "jdbc:sqlite:" + folder.resolve("shared.db");
  }

  /** A job that was begun and left by {@code run}, after a few requests. */
  private String interruptedJob(SimulatedNetwork network) {
    AtomicReference<Runnable> interrupt = new AtomicReference<>(() -> {});
    Interruption early =
        stop -> {
          interrupt.set(stop);
          stop.run();
          return () -> {};
        };
    List<String> run = new ArrayList<>(RunCommandTest.byRelay(network, NOTE));
    run.addAll(List.of("--db", database(), "--json"));
    ToolRun left = ToolRun.of(early, run.toArray(String[]::new));
    assertThat(left.status()).as(left.err()).isEqualTo(ExitStatus.INTERRUPTED);
    return left.json().get("job").textValue();
  }

  private List<String> worker(SimulatedNetwork network, String which) {
    List<String> worker = new ArrayList<>(RunCommandTest.network(network, "worker " + which));
    worker.addAll(List.of("--db", database()));
    return worker;
  }

  @Test
  void aWorkerTakesAJobToItsEnd() throws Exception {
    try (SimulatedNetwork network = SimulatedNetwork.builder().accounts(20).start()) {
      String job = interruptedJob(network);

      ToolRun ended = ToolRun.of(worker(network, job), "--share-host-budgets", "--json");

      assertThat(ended.status()).as(ended.err()).isEqualTo(ExitStatus.COMPLETED);
      assertThat(ended.json().get("job").textValue()).isEqualTo(job);
      assertThat(ended.json().get("state").textValue()).isEqualTo("completed");
      assertThat(RunCommandTest.rows(database()))
          .isEqualTo(RunCommandTest.truth(network.expectedRecords(NOTE)));
      assertThat(RunCommandTest.budgets(database())).as("spent together").isNotEmpty();

      ToolRun late = ToolRun.of(worker(network, job));
      assertThat(late.status()).isEqualTo(ExitStatus.COMPLETED);
      assertThat(late.err()).contains(job, "has ended: completed");
    }
  }

  @Test
  void aWorkerForAllTakesWhatRunsAndWaitsForTheNextUntilItIsStopped() throws Exception {
    try (SimulatedNetwork network = SimulatedNetwork.builder().accounts(10).start()) {
      String job = interruptedJob(network);
      List<Runnable> stops = new ArrayList<>();
      CountDownLatch waits = new CountDownLatch(1);
      Interruption afterTheJob =
          stop -> {
            stops.add(stop);
            return () -> {
              // The first wish is that of the wait between jobs, the second that of the job.
              if (stops.size() == 2 && waits.getCount() == 1) {
                waits.countDown();
                stops.get(0).run();
              }
            };
          };

      ToolRun ended =
          ToolRun.of(
              afterTheJob,
              Stream.concat(worker(network, "--all").stream(), Stream.of("--json"))
                  .toArray(String[]::new));

      assertThat(ended.status()).as(ended.err()).isEqualTo(ExitStatus.INTERRUPTED);
      assertThat(ended.json().get("job").textValue()).isEqualTo(job);
      assertThat(ended.json().get("state").textValue()).isEqualTo("completed");
    }
  }

  @Test
  void whatIsNotThereIsSaid() throws Exception {
    try (SimulatedNetwork network = SimulatedNetwork.builder().accounts(2).start()) {
      interruptedJob(network);
      UUID unknown = UUID.randomUUID();

      ToolRun none = ToolRun.of(worker(network, unknown.toString()));

      assertThat(none.status()).isEqualTo(ExitStatus.FAILED);
      assertThat(none.err()).contains("no job " + unknown).hasLineCount(1);
    }
  }

  @Test
  void ofTwoProcessesOneIsKilledAndTheOtherComesToTheEnd() throws Exception {
    try (SimulatedNetwork network =
        SimulatedNetwork.builder()
            .seed(15)
            .hosts(4)
            .accounts(200)
            .repoSizes(RepoSizes.zipf(1000, 0.8))
            .start()) {
      String job = interruptedJob(network);
      network.hosts().forEach(host -> host.order(Fault.latency(Duration.ofMillis(30))));
      List<String> command = worker(network, job);
      command.addAll(List.of("--json", "--fetch", "list-records"));

      ToolProcess killed = ToolProcess.start(folder, command);
      until(network, 60);
      ToolProcess survivor = ToolProcess.start(folder, command);
      until(network, 250);
      assertThat(killed.alive()).as("is killed at work").isTrue();
      killed.kill();
      ToolRun ended = survivor.await();

      assertThat(ended.status()).as(ended.err()).isZero();
      assertThat(ended.json().path("state").asText()).isEqualTo("completed");
      assertThat(ended.json().at("/repos/done").longValue()).isEqualTo(200);
      assertThat(RunCommandTest.rows(database()))
          .isEqualTo(RunCommandTest.truth(network.expectedRecords(NOTE)));
    }
  }

  private static void until(SimulatedNetwork network, long requests) {
    while (network.hosts().stream().mapToLong(SimulatedHost::requests).sum() < requests) {
      Thread.onSpinWait();
    }
  }
}
