package io.github.atprotobackfill.benchmarks;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A {@link WorkerMain} that is running, as the process that started it sees it. */
final class WorkerProcess implements AutoCloseable {

  static final String READY = "ready";
  static final String ENDED = "ended";

  private static final List<String> FLAGS = List.of("-Xmx256m", "-XX:+UseSerialGC");
  private static final long PATIENCE_SECONDS = 10;

  private final Process process;
  private final BufferedReader answers;
  private final BufferedWriter orders;

  private WorkerProcess(Process process) {
    this.process = process;
    this.answers = process.inputReader();
    this.orders = process.outputWriter();
  }

  /** Starts a worker; the options are those of {@link WorkerMain}. */
  static WorkerProcess start(Object... options) throws IOException {
    List<String> texts = java.util.Arrays.stream(options).map(Object::toString).toList();
    return new WorkerProcess(Jvm.start(FLAGS, WorkerMain.class, texts));
  }

  void awaitReady() throws IOException {
    expect(READY);
  }

  /** Lets it join the job; the future gives the moment at which it saw the job's end. */
  CompletableFuture<Long> join() throws IOException {
    orders.write("join\n");
    orders.flush();
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            expect(ENDED);
            return System.nanoTime();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private void expect(String word) throws IOException {
    for (String line = answers.readLine(); !word.equals(line); line = answers.readLine()) {
      if (line == null) {
        throw new IOException("a worker's process ended before it was " + word);
      }
    }
  }

  Duration processorTime() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  @Override
  public void close() throws IOException {
    orders.close();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
