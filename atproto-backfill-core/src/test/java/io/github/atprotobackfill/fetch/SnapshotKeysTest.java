package io.github.atprotobackfill.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.repo.BlockCid;
import io.github.atprotobackfill.sink.Proof;
import io.github.atprotobackfill.sink.RepoSnapshot;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SnapshotKeysTest {

  private static final Cid CID = BlockCid.of(new byte[] {1}).text();
  private static final List<Nsid> COLLECTIONS = List.of(RepoHostFixture.NOTE, RepoHostFixture.POST);

  private final SnapshotKeys keys =
      new SnapshotKeys(
          FetchRequest.of(
                  RepoHostFixture.ALICE,
                  new ServiceUrl("https", "pds.example.com", -1),
                  RepoHostFixture.NO_KEY)
              .withCollections(Set.copyOf(COLLECTIONS)));

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 50, 20_000})
  void givesAllKeysAsOftenAsAskedAndNamesNoFile(int count) throws Exception {
    Set<Path> before = files();
    List<String> added = new ArrayList<>();
    for (Nsid collection : COLLECTIONS) {
      for (int i = 0; i < count; i++) {
        RecordKey key = RecordKey.parse(String.format("k%07d", i));
        keys.add(collection, key, CID);
        added.add(collection + "/" + key + " " + CID);
      }
    }
    RepoSnapshot snapshot = keys.snapshot(RepoHostFixture.REV, null).orElseThrow();
    assertThat(snapshot.did()).isEqualTo(RepoHostFixture.ALICE);
    assertThat(snapshot.rev()).isEqualTo(RepoHostFixture.REV);
    assertThat(snapshot.collections()).containsExactlyInAnyOrderElementsOf(COLLECTIONS);
    assertThat(snapshot.proof()).isEqualTo(Proof.NONE);
    assertThat(visited(snapshot)).isEqualTo(added);
    assertThat(visited(snapshot)).as("a second time").isEqualTo(added);
    assertThat(keys.inFile()).isEqualTo(count == 20_000);
    assertThat(files()).as("to be left by a process that dies now").isEqualTo(before);

    keys.close();

    assertThat(files()).isEqualTo(before);
  }

  @Test
  void isNoneWhereAKeyIsNotKnown() {
    keys.add(RepoHostFixture.NOTE, RecordKey.parse("a"), CID);
    keys.someMissing();
    assertThat(keys.snapshot(RepoHostFixture.REV, null)).isEmpty();
  }

  private static List<String> visited(RepoSnapshot snapshot) throws Exception {
    List<String> visited = new ArrayList<>();
    snapshot.forEachKey(
        (collection, rkey, cid) -> visited.add(collection + "/" + rkey + " " + cid));
    return visited;
  }

  private static Set<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return all.filter(file -> file.getFileName().toString().startsWith("atproto-backfill-keys-"))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
