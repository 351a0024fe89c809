package io.github.atprotobackfill.examples.soak;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A PostgreSQL server that can be cut off in mid-sentence and started again where it was. */
final class RestartablePostgres implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final EmbeddedPostgres server;
  private final Path data;
  private final Path log;
  private final Path control;

  private RestartablePostgres(EmbeddedPostgres server, Path data, Path log) throws IOException {
    this.server = server;
    this.data = data;
    this.log = log;
    this.control = binary().resolveSibling("pg_ctl");
  }

  /** Starts one that keeps what it has confirmed, whatever happens to its processes. */
  static RestartablePostgres start(Path folder) throws IOException {
    Path data = folder.resolve("postgres");
    EmbeddedPostgres server =
        EmbeddedPostgres.builder()
            .setDataDirectory(data)
            .setServerConfig("synchronous_commit", "on")
            .start();
    return new RestartablePostgres(server, data, folder.resolve("postgres.log"));
  }

  private Path binary() throws IOException {
    long pid = Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid")).get(0).trim());
    return ProcessHandle.of(pid)
        .flatMap(process -> process.info().command())
        .map(Path::of)
        .orElseThrow(() -> new IOException("the server is not running: " + pid));
  }

  String url() {
    return server.getJdbcUrl("postgres", "postgres");
  }

  /** Lets all its processes drop what they are doing, and starts it again after {@code away}. */
  void restart(Duration away) throws IOException, InterruptedException {
    run("stop", "-m", "immediate");
    TimeUnit.MILLISECONDS.sleep(away.toMillis());
    run("restart", "-m", "immediate", "-l", log.toString());
    awaitConnection();
  }

  private void run(String verb, String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      command.addAll(List.of("unshare", "-U")); // It refuses to be run by root.
    }
    command.addAll(List.of(control.toString(), verb, "-w", "-D", data.toString()));
    command.addAll(List.of(options));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException("pg_ctl " + verb + " failed:\n" + Files.readString(log));
    }
  }

  private void awaitConnection() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try (Connection connection = DriverManager.getConnection(url())) {
        if (connection.isValid(1)) {
          return;
        }
      } catch (SQLException e) {
        if (System.nanoTime() - deadline > 0) {
          throw new IOException("PostgreSQL does not come back", e);
        }
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
