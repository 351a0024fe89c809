package io.github.atprotobackfill.progress;

import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What is held, in a hash map; hosts and collection sets, which repeat, are kept once. */
final class InMemoryRepoStates implements RepoStates {

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Did, HeldRepo> repos = new HashMap<>();
  private final Map<ServiceUrl, ServiceUrl> hosts = new HashMap<>();
  private final Map<Set<Nsid>, Set<Nsid>> collections = new HashMap<>();

  @Override
  public Map<Did, HeldRepo> find(Collection<Did> dids) {
    lock.lock();
    try {
      Map<Did, HeldRepo> found = new HashMap<>();
      for (Did did : dids) {
        HeldRepo held = repos.get(did);
        if (held != null) {
          found.put(did, held);
        }
      }
      return found;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void save(List<HeldRepo> saved) {
    lock.lock();
    try {
      for (HeldRepo repo : saved) {
        repos.put(repo.did(), successor(repos.get(repo.did()), repo));
      }
    } finally {
      lock.unlock();
    }
  }

  private HeldRepo successor(@Nullable HeldRepo held, HeldRepo next) {
    if (held == null || held.rev() == null) {
      return withSharedParts(next);
    }
    if (next.rev() == null) {
      return withSharedParts(
          new HeldRepo(
              next.did(),
              next.pds(),
              held.rev(),
              held.collections(),
              next.status(),
              next.verifiedAt()));
    }
    return next.rev().compareTo(held.rev()) < 0 ? held : withSharedParts(next);
  }

  private HeldRepo withSharedParts(HeldRepo repo) {
    return new HeldRepo(
        repo.did(),
        hosts.computeIfAbsent(repo.pds(), pds -> pds),
        repo.rev(),
        collections.computeIfAbsent(repo.collections(), set -> set),
        repo.status(),
        repo.verifiedAt());
  }
}
