package io.github.atprotobackfill.examples;

import io.github.atprotobackfill.repo.InvalidRepoException;
import io.github.atprotobackfill.repo.RecordCursor;
import io.github.atprotobackfill.repo.Repo;
import io.github.atprotobackfill.repo.RepoCommit;
import io.github.atprotobackfill.sink.JsonLinesSink;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.sink.RecordValue;
import io.github.atprotobackfill.syntax.Nsid;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** The records of a repo on their way into lines of JSON. */
final class RecordExport {

  /** Where lines go. */
  private interface Lines {
    void write(byte[] line) throws IOException;
  }

  private final Repo repo;
  private final Set<Nsid> collections;
  private final Console console;
  private long written;
  private long malformed;

  /** Of all collections, when none is given. */
  RecordExport(Repo repo, Set<Nsid> collections, Console console) {
    this.repo = repo;
    this.collections = collections;
    this.console = console;
  }

  void to(PrintWriter out) throws IOException {
    write(line -> out.write(new String(line, StandardCharsets.UTF_8)));
    out.flush();
  }

  /** Writes to {@code file}, which is there when it is whole, and not before. */
  void to(Path file) throws IOException {
    try (PartialFile part = PartialFile.of(file)) {
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part.path()))) {
        write(out::write);
      }
      part.complete();
    }
  }

  /** Whether no record had to be left out. */
  boolean isWhole() {
    return malformed == 0;
  }

  private void write(Lines lines) throws IOException {
    RecordCursor records = repo.records(collections);
    while (records.next()) {
      try {
        lines.write(JsonLinesSink.line(current(records)));
        written++;
      } catch (InvalidRepoException e) {
        malformed++;
        console.note("left out: " + e.getMessage());
      }
    }
    console.note(
        Quantity.of(written, "record") + (malformed == 0 ? "" : ", " + malformed + " left out"));
  }

  private RecordPut current(RecordCursor records) {
    RepoCommit commit = repo.commit();
    return new RecordPut(
        commit.did(),
        records.collection(),
        records.rkey(),
        records.cid().text(),
        commit.rev(),
        RecordValue.ofJson(records.json()));
  }
}
