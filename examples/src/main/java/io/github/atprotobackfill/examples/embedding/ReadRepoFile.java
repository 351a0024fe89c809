package io.github.atprotobackfill.examples.embedding;

import io.github.atprotobackfill.repo.RecordCursor;
import io.github.atprotobackfill.repo.Repo;
import io.github.atprotobackfill.repo.RepoKey;
import io.github.atprotobackfill.repo.RepoReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Every record in a CAR file, as {@code com.atproto.sync.getRepo} gives it: {@code ReadRepoFile
 * FILE}, and to know whose work it is, {@code DID:KEY} as well.
 */
public final class ReadRepoFile {

  private ReadRepoFile() {}

  /** Prints the records in the file {@code args[0]}, and whether {@code args[1]} signed them. */
  public static void main(String[] args) throws IOException {
    RepoReader reader = RepoReader.builder().build();
    // What is open here has passed: every hash, and the whole tree. Who signed it is up to you.
    try (Repo repo = reader.read(Path.of(args[0]))) {
      if (args.length > 1) {
        RepoKey key = RepoKey.ofDidKey(args[1]).orElseThrow();
        System.err.println("signed by " + key + ": " + repo.commit().isSignedBy(key));
      }
      RecordCursor records = repo.records();
      while (records.next()) {
        String json = new String(records.json(), StandardCharsets.UTF_8);
        System.out.println(records.collection() + "/" + records.rkey() + " " + json);
      }
    }
  }
}
