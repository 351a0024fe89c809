package io.github.atprotobackfill.redis;

import io.github.atprotobackfill.progress.HeldRepo;
import io.github.atprotobackfill.progress.RepoStates;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.Tid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Of each repo a short text in a hash that it shares with its neighbours; hosts and sets of
 * collections, which repeat, are kept once. Revs are compared in the script that stores them.
 */
final class RedisRepoStates implements RepoStates {

  private static final int REPOS_A_CALL = 1000;
  private static final int BASE = Character.MAX_RADIX;

  private final RedisServer server;
  private final String head;

  RedisRepoStates(RedisServer server, JobKeys keys) {
    this.server = server;
    this.head = keys.ofHeld("head");
  }

  @Override
  public Map<Did, HeldRepo> find(Collection<Did> dids) {
    List<String> distinct = new ArrayList<>();
    new LinkedHashSet<>(dids).forEach(did -> distinct.add(did.toString()));
    Map<Did, HeldRepo> found = new HashMap<>();
    for (List<String> part : Parts.of(distinct, REPOS_A_CALL)) {
      Reply answer = server.ask("look up what is held", Script.FIND_HELD, head, part);
      while (answer.hasNext()) {
        HeldRepo repo = repo(answer);
        found.put(repo.did(), repo);
      }
    }
    return found;
  }

  private static HeldRepo repo(Reply answer) {
    Did did = Did.parse(answer.next());
    Tid rev = RepoText.rev(answer.next());
    Instant verifiedAt = Instant.ofEpochMilli(Long.parseLong(answer.next(), BASE));
    ServiceUrl pds = ServiceUrl.parse(answer.next());
    Set<Nsid> collections = collections(answer.next());
    String status = answer.next();
    return new HeldRepo(
        did, pds, rev, collections, status.isEmpty() ? HeldRepo.ACTIVE : status, verifiedAt);
  }

  @Override
  public void save(List<HeldRepo> repos) {
    for (List<HeldRepo> part : Parts.of(repos, REPOS_A_CALL)) {
      List<String> arguments = new ArrayList<>();
      for (HeldRepo repo : part) {
        arguments.add(repo.did().toString());
        arguments.add(RepoText.rev(repo.rev()));
        arguments.add(Long.toString(repo.verifiedAt().toEpochMilli(), BASE));
        arguments.add(repo.pds().toString());
        arguments.add(stored(repo.collections()));
        arguments.add(repo.status().equals(HeldRepo.ACTIVE) ? "" : repo.status());
      }
      server.run("remember what is held", Script.SAVE_HELD, head, arguments);
    }
  }

  private static String stored(Set<Nsid> collections) {
    return collections.stream().map(Nsid::toString).sorted().collect(Collectors.joining(" "));
  }

  private static Set<Nsid> collections(String stored) {
    return stored.isEmpty()
        ? Set.of()
        : Arrays.stream(stored.split(" ")).map(Nsid::parse).collect(Collectors.toSet());
  }
}
