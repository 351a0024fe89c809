package io.github.atprotobackfill.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.atprotobackfill.Backfill;
import io.github.atprotobackfill.BackfillProgress;
import io.github.atprotobackfill.BackfillRun;
import io.github.atprotobackfill.progress.JobCounts;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.progress.StoreException;
import io.github.atprotobackfill.xrpc.XrpcClient;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JobRunnerTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir private Path directory;

  @Test
  void runThatLostItsStoresFailsAndStillEndsWithTheObject() throws Exception {
    ScriptedRun run = new ScriptedRun(JobState.RUNNING);
    run.completion.completeExceptionally(new StoreException("the database went away", null));

    int status = follow(run, Interruption.NEVER);

    assertThat(status).isEqualTo(ExitStatus.FAILED);
    assertThat(new JsonMapper().readTree(out.toString()).get("state").textValue())
        .isEqualTo("running");
    assertThat(err.toString())
        .contains("error: the database went away", "to go on:  the same command, or  jobs resume");
  }

  @Test
  void interruptionBeforeTheRunStopsItAsSoonAsItIsThere() throws Exception {
    ScriptedRun run = new ScriptedRun(JobState.RUNNING);
    Interruption atOnce =
        stop -> {
          stop.run();
          return () -> run.heard.add("released");
        };

    int status = follow(run, atOnce);

    assertThat(status).isEqualTo(ExitStatus.INTERRUPTED);
    assertThat(run.heard).startsWith("stop").endsWith("released");
  }

  private int follow(BackfillRun run, Interruption interruption) throws InterruptedException {
    Console console =
        new Console(
            InputStream.nullInputStream(),
            new PrintWriter(out),
            new PrintWriter(err),
            false,
            interruption);
    DatabaseUrl database = DatabaseUrl.ofSqlite(directory.resolve("x.db"));
    try (XrpcClient client = XrpcClient.create()) {
      return new JobRunner(
              console, new Destination.Database(database), Backfill.builder().client(client))
          .run(backfill -> run, new NextCommands("--db x", ""), true);
    }
  }

  /** A run that does what it is told, and remembers it. */
  private static final class ScriptedRun implements BackfillRun {

    private final JobState state;
    private final List<String> heard = new ArrayList<>();
    private final CompletableFuture<BackfillProgress> completion = new CompletableFuture<>();

    private ScriptedRun(JobState state) {
      this.state = state;
    }

    @Override
    public UUID id() {
      return new UUID(0, 1);
    }

    @Override
    public BackfillProgress progress() {
      return new BackfillProgress(
          id(),
          state,
          Optional.empty(),
          false,
          new BackfillProgress.Repos(0, 0, 0, 0, 0),
          JobCounts.NONE,
          new BackfillProgress.Readings(0, 0),
          new BackfillProgress.Hosts(0, 0, 0),
          Duration.ZERO);
    }

    @Override
    public void pause() {
      heard.add("pause");
    }

    @Override
    public void resume() {
      heard.add("resume");
    }

    @Override
    public void cancel() {
      heard.add("cancel");
    }

    @Override
    public void stop() {
      heard.add("stop");
      completion.complete(progress());
    }

    @Override
    public boolean await(Duration most) {
      return completion.isDone();
    }

    @Override
    public CompletionStage<BackfillProgress> completion() {
      return completion;
    }
  }
}
