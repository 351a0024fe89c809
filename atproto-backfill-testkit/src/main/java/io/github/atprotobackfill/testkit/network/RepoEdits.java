package io.github.atprotobackfill.testkit.network;

import io.github.atprotobackfill.syntax.Did;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;

/** Spoils exports. */
final class RepoEdits {

  private static final long SECOND_MICROS = 1_000_000;

  private RepoEdits() {}

  static RepoExport ofAnother(RepoExport export, Did did) {
    return export.withClaims(export.claims().withDid(did.value()));
  }

  /** The repo before any change; where none was made, the same with an older rev. */
  static RepoExport atFirst(RepoExport export) {
    FrozenRepo first = export.repos().atFirst(export.repo().account());
    return first.changes() < export.repo().changes() ? export.withRepo(first) : before(export);
  }

  private static RepoExport before(RepoExport export) {
    long earlier = export.claims().rev() - TidText.number(SECOND_MICROS, 0);
    return export.withClaims(export.claims().withRev(earlier));
  }

  static RepoExport ahead(RepoExport export, Duration ahead) {
    Instant then = export.repos().clock().instant().plus(ahead);
    long rev = TidText.number(ChronoUnit.MICROS.between(Instant.EPOCH, then), 0);
    return export.withClaims(export.claims().withRev(rev));
  }

  static RepoExport byAnotherKey(RepoExport export) {
    SigningKey other = export.repos().keys().of(export.repo().account() + 1);
    return export.withClaims(export.claims().withKey(other));
  }

  static RepoExport highS(RepoExport export) {
    return export.withClaims(export.claims().withForm(SignatureForm.HIGH_S));
  }

  static RepoExport justMigrated(RepoExport export) {
    SigningKey former = export.repos().keys().former(export.repo().account());
    RepoExport earlier = before(export);
    return earlier.withClaims(earlier.claims().withKey(former));
  }

  static BlockEdit unreachable(int count) {
    return BlockEdit.before(IntStream.range(0, count).mapToObj(BlockEdit::unreachable).toList());
  }

  static BlockEdit raw(int count) {
    return BlockEdit.before(IntStream.range(0, count).mapToObj(BlockEdit::raw).toList());
  }

  static RepoExport writtenTo(RepoExport export, Runnable write) {
    return export.with(
        BlockEdit.meanwhile(
            () -> {
              write.run();
              return blocks(export.repos().now(export.repo().account()));
            }));
  }

  private static Set<ByteBuffer> blocks(FrozenRepo repo) {
    Set<ByteBuffer> cids = new HashSet<>();
    try {
      RepoTree.write(repo, block -> cids.add(ByteBuffer.wrap(block.cid())), null, null);
    } catch (IOException e) {
      throw new UncheckedIOException("nothing is written", e);
    }
    return cids;
  }
}
