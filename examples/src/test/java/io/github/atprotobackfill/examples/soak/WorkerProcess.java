package io.github.atprotobackfill.examples.soak;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** A {@link SoakWorker} as whoever keeps it sees it. Used by one thread. */
final class WorkerProcess {

  private final String name;
  private final Process process;
  private final BufferedReader answers;
  private final BufferedWriter orders;
  private final Path log;

  private WorkerProcess(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.answers = process.inputReader();
    this.orders = process.outputWriter();
    this.log = log;
  }

  static WorkerProcess start(String name, Path folder, SoakWorker.Orders orders)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Djava.io.tmpdir=" + folder,
                "-cp",
                System.getProperty("java.class.path"),
                SoakWorker.class.getName()));
    command.addAll(orders.arguments());
    Path log = folder.resolve(name + ".log");
    Process process = new ProcessBuilder(command).redirectError(log.toFile()).start();
    return new WorkerProcess(name, process, log);
  }

  void awaitReady() throws IOException {
    String line = answers.readLine();
    if (!SoakWorker.READY.equals(line)) {
      throw new IOException(name + " is not ready but says: " + line + "\n" + log());
    }
  }

  /** Lets it begin. */
  void begin() throws IOException {
    orders.write("begin\n");
    orders.flush();
  }

  /** The job that it works on. */
  UUID job() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException(name + " found no job\n" + log());
    }
    return UUID.fromString(line);
  }

  String name() {
    return name;
  }

  boolean alive() {
    return process.isAlive();
  }

  /** What it ended with. */
  int status() {
    return process.exitValue();
  }

  /** {@code kill -9}. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  /** Stops it where it stands, with all it holds. */
  void freeze() throws IOException, InterruptedException {
    signal("-STOP");
  }

  /** Lets it go on as if no time had passed. */
  void thaw() throws IOException, InterruptedException {
    signal("-CONT");
  }

  private void signal(String signal) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", signal, Long.toString(process.pid())).start();
    kill.waitFor();
  }

  /** Whether it ended within this time. */
  boolean awaitEnd(long seconds) throws InterruptedException {
    return process.waitFor(seconds, TimeUnit.SECONDS);
  }

  String log() throws IOException {
    return name + ":\n" + Files.readString(log);
  }

  /** Forgets what it said, which only matters where it went wrong. */
  void deleteLog() throws IOException {
    Files.deleteIfExists(log);
  }
}
