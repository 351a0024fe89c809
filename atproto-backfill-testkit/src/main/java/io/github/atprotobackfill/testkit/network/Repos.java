package io.github.atprotobackfill.testkit.network;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;

/**
 * The signed repos of all accounts, made from their records when they are asked for; of those asked
 * for last the commits are kept. Thread-safe.
 */
final class Repos {

  private static final int KEPT = 16_384;

  private final World world;
  private final SigningKeys keys;
  private final boolean signedHeads;
  private final InstantSource clock;
  private final Cache<Version, Head> heads = Caffeine.newBuilder().maximumSize(KEPT).build();

  private record Version(int account, int changes) {}

  /** The newest commit of a repo, and what its tree came to. */
  record Head(SignedCommit commit, RepoTree.Extent extent) {}

  Repos(World world, SigningKeys keys, boolean signedHeads, InstantSource clock) {
    this.world = world;
    this.keys = keys;
    this.signedHeads = signedHeads;
    this.clock = clock;
  }

  SigningKeys keys() {
    return keys;
  }

  InstantSource clock() {
    return clock;
  }

  /** The CID that hosts tell of the newest commit, as text. Within {@link World#read}. */
  String head(Account account) {
    return signedHeads
        ? CidMaker.text(head(world.freeze(account)).commit().cid())
        : StandIn.of(world.population.did(account.number), world.rev(account));
  }

  Head head(FrozenRepo repo) {
    return heads.get(new Version(repo.account(), repo.changes()), v -> sign(repo, measure(repo)));
  }

  /** The newest commit of a repo whose tree is known. */
  Head head(FrozenRepo repo, RepoTree.Extent extent) {
    return heads.get(new Version(repo.account(), repo.changes()), v -> sign(repo, extent));
  }

  private static RepoTree.Extent measure(FrozenRepo repo) {
    try {
      return RepoTree.write(repo, block -> {}, null, null);
    } catch (IOException e) {
      throw new UncheckedIOException("nothing is written", e);
    }
  }

  private Head sign(FrozenRepo repo, RepoTree.Extent extent) {
    return new Head(SignedCommit.sign(RepoExport.Claims.of(repo, keys), extent.root()), extent);
  }

  /** The account's repo as it is now. */
  FrozenRepo now(int account) {
    return world.read(() -> world.freeze(world.account(account)));
  }

  /** The account's repo before any change. */
  FrozenRepo atFirst(int account) {
    return world.read(() -> world.freeze(Account.first(world.population, account)));
  }
}
