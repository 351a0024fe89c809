package io.github.atprotobackfill.fetch;

import io.github.atprotobackfill.repo.RecordCursor;
import io.github.atprotobackfill.repo.Repo;
import io.github.atprotobackfill.sink.Proof;
import io.github.atprotobackfill.sink.RepoSnapshot;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.Tid;
import java.util.Optional;
import java.util.Set;

/** The keys of a repo that is still at hand. */
record ExportSnapshot(
    Did did, Tid rev, Optional<Cid> commit, Set<Nsid> collections, Proof proof, Repo repo)
    implements RepoSnapshot {

  @Override
  public void forEachKey(KeyVisitor visitor) throws Exception {
    RecordCursor records = repo.records(collections);
    while (records.next()) {
      visitor.key(records.collection(), records.rkey(), records.cid().text());
    }
  }
}
