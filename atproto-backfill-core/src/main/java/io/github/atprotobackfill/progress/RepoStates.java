package io.github.atprotobackfill.progress;

import io.github.atprotobackfill.syntax.Did;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * What is held of every repo ever read, over all jobs. One such memory belongs to one sink: what it
 * says is held is not asked for again.
 *
 * <p>Durable and atomic a call; thread-safe. Failures are {@link StoreException}s.
 */
public interface RepoStates {

  /** What is held of those of {@code dids} that anything is held of. */
  Map<Did, HeldRepo> find(Collection<Did> dids);

  /**
   * Replaces what is remembered of each of these repos; a rev never goes backwards. So one with an
   * older rev than the remembered is ignored, and one without a rev, by which only host, status and
   * time are told, leaves rev and collections as they are. Of several for one repo, each is taken
   * in turn.
   */
  void save(List<HeldRepo> repos);
}
