package io.github.atprotobackfill.testkit.contract;

import static io.github.atprotobackfill.testkit.contract.Samples.did;
import static io.github.atprotobackfill.testkit.contract.Samples.rev;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.atprotobackfill.sink.Proof;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.sink.RepoSnapshot;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.Tid;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a sink that wants snapshots makes of them: what a repo no longer has is gone. */
abstract class SnapshotContract extends HeldContract {

  private static final Nsid LIKE = Nsid.parse("com.example.like");

  private record Given(Did did, Tid rev, Set<Nsid> collections, List<RecordPut> records)
      implements RepoSnapshot {

    @Override
    public Proof proof() {
      return Proof.NONE;
    }

    @Override
    public void forEachKey(KeyVisitor visitor) throws Exception {
      List<RecordPut> sorted = new ArrayList<>(records);
      sorted.sort(
          Comparator.comparing(RecordPut::collection).reversed().thenComparing(RecordPut::rkey));
      for (RecordPut put : sorted) {
        visitor.key(put.collection(), put.rkey(), put.cid());
      }
    }
  }

  private void complete(int rev, Set<Nsid> collections, RecordPut... records) throws Exception {
    assumeTrue(sink().wantsSnapshots(), "this sink wants no snapshots");
    sink().complete(new Given(did(1), rev(rev), collections, List.of(records)));
  }

  private static RecordPut like(String rkey, int rev) {
    return put(did(1), LIKE, rkey, rev, "{\"like\":\"" + rkey + "\"}");
  }

  @Test
  void whatASnapshotDoesNotNameIsGone() throws Exception {
    write(note("a", 1, "one"), note("b", 1, "two"), note("c", 2, "three"));

    complete(2, Set.of(NOTE), note("a", 1, "one"), note("c", 2, "three"));

    assertStored(note("a", 1, "one"), note("c", 2, "three"));
  }

  @Test
  void aSnapshotTellsNothingOfOtherReposAndCollections() throws Exception {
    RecordPut elsewhere = put(did(2), NOTE, "a", 1, "{}");
    write(note("a", 1, "one"), like("a", 1), elsewhere);

    complete(2, Set.of(NOTE));

    assertStored(like("a", 1), elsewhere);
  }

  @Test
  void aSnapshotWithoutCollectionsIsOfAll() throws Exception {
    write(note("a", 1, "one"), note("b", 1, "two"), like("a", 1), like("b", 1));

    complete(2, Set.of(), note("a", 1, "one"), like("b", 1));

    assertStored(note("a", 1, "one"), like("b", 1));
  }

  @Test
  void whatIsNewerThanASnapshotStands() throws Exception {
    write(note("a", 1, "one"), note("b", 2, "two"), note("c", 3, "since"));

    complete(2, Set.of());

    assertStored(note("c", 3, "since"));
  }

  @Test
  void theSameSnapshotMayComeAgain() throws Exception {
    write(note("a", 1, "one"), note("b", 1, "two"));
    complete(2, Set.of(), note("a", 1, "one"));
    write(note("c", 3, "since"));

    complete(2, Set.of(), note("a", 1, "one"));

    assertStored(note("a", 1, "one"), note("c", 3, "since"));
  }
}
