package io.github.atprotobackfill.redis;

import io.github.atprotobackfill.progress.ClaimFor;
import io.github.atprotobackfill.progress.Lease;
import io.github.atprotobackfill.progress.LeaseUpdate;
import io.github.atprotobackfill.progress.QueueStats;
import io.github.atprotobackfill.progress.QueuedRepo;
import io.github.atprotobackfill.progress.RepoEntry;
import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.progress.StoreException;
import io.github.atprotobackfill.progress.WorkQueue;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.InvalidSyntaxException;
import io.github.atprotobackfill.syntax.Tid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job's repos in Redis: of each a short text in a hash that it shares with its neighbours, and,
 * as long as it has not ended, a place in its host's lane, a sorted set by when it may be claimed.
 * Whether it was queued, is due again, or its lease ends: one range of that set finds all three, in
 * the same time however long the lane is.
 *
 * <p>It is not a stream with a consumer group, whose entries come in the order in which they were
 * added and in no other: a repo that waits for its host would hold up those behind it, and there
 * would have to be a stream, a group and a set of delayed retries a host, with three places to look
 * for what may be claimed. What {@code XAUTOCLAIM} and the pending list of a group give, takeover
 * and the count of deliveries, are here the end of the lease and the failed tries; the dead letters
 * are the repos that {@linkplain #repos are listed} as failed.
 *
 * <p>A fence is the server's time of the claim, in microseconds, and at least one more than the
 * repo's last. So a lease from before a server lost its memory, or before a fail-over to a replica
 * that lagged, is not taken for one that was given since.
 */
final class RedisWorkQueue implements WorkQueue {

  /** Repos a script: so many keep the server from others for some milliseconds. */
  static final int REPOS_A_CALL = 1000;

  /** The keys of a queue but those of repos and lanes, which are many. */
  static final List<String> KEYS =
      List.of(
          "queue",
          "hosts",
          "names",
          "buckets",
          "ended:U",
          "ended:G",
          "ended:F",
          "position",
          "failure",
          "reason",
          "worker");

  private static final int HOSTS_A_CALL = 1000;

  private final RedisServer server;
  private final JobKeys keys;
  private final RepoListing listing;

  RedisWorkQueue(RedisServer server, JobKeys keys) {
    this.server = server;
    this.keys = keys;
    this.listing = new RepoListing(server, keys);
  }

  private String head(UUID job) {
    return keys.ofJob(job, "queue");
  }

  @Override
  public int enqueue(UUID job, List<QueuedRepo> repos) {
    int added = 0;
    for (List<QueuedRepo> part : Parts.of(repos, REPOS_A_CALL)) {
      List<String> arguments = new ArrayList<>();
      for (QueuedRepo repo : part) {
        arguments.add(repo.did().toString());
        arguments.add(RepoText.host(repo.pds()));
        arguments.add(RepoText.rev(repo.rev()));
      }
      added += (int) server.count("enqueue repos", Script.ENQUEUE, head(job), arguments);
    }
    return added;
  }

  @Override
  public Set<ServiceUrl> hosts(UUID job) {
    String key = keys.ofJob(job, "hosts");
    Set<ServiceUrl> hosts = new HashSet<>();
    for (String host : server.call("list hosts", redis -> redis.hkeys(key))) {
      try {
        hosts.add(ServiceUrl.parse(host));
      } catch (InvalidSyntaxException e) {
        throw new StoreException("not a host at " + key + ": " + host, e);
      }
    }
    return hosts;
  }

  @Override
  public List<Lease> claim(UUID job, String worker, List<ClaimFor> wanted, Duration lasts) {
    List<Lease> leases = new ArrayList<>();
    for (List<ClaimFor> some : Parts.of(wanted, HOSTS_A_CALL)) {
      claim(job, worker, some, lasts, leases);
    }
    return leases;
  }

  private void claim(
      UUID job, String worker, List<ClaimFor> wanted, Duration lasts, List<Lease> leases) {
    int[] left = wanted.stream().mapToInt(ClaimFor::most).toArray();
    int first = 0;
    while (first < left.length) {
      List<String> arguments = new ArrayList<>();
      arguments.add(Integer.toString(REPOS_A_CALL));
      arguments.add(ServerTime.micros(lasts));
      arguments.add(worker);
      for (int i = first; i < left.length; i++) {
        arguments.add(RepoText.host(wanted.get(i).pds()));
        arguments.add(Integer.toString(Math.max(0, left[i])));
      }
      Reply answer = server.ask("claim repos", Script.CLAIM, head(job), arguments);
      int finished = (int) answer.nextLong();
      while (answer.hasNext()) {
        int host = first + (int) answer.nextLong() - 1;
        left[host]--;
        leases.add(lease(job, wanted.get(host).pds(), lasts, answer));
      }
      first += finished;
    }
  }

  private static Lease lease(UUID job, @Nullable ServiceUrl pds, Duration lasts, Reply answer) {
    Did did = Did.parse(answer.next());
    long fence = answer.nextLong();
    int attempts = (int) answer.nextLong();
    Tid rev = RepoText.rev(answer.next());
    return new Lease(job, did, fence, lasts, pds, rev, attempts, answer.nextOrNull());
  }

  @Override
  public Set<Did> apply(UUID job, List<LeaseUpdate> updates) {
    requireOneEach(updates);
    Set<Did> lost = new HashSet<>();
    for (List<LeaseUpdate> part : Parts.of(updates, REPOS_A_CALL)) {
      List<String> arguments = new ArrayList<>();
      part.forEach(update -> RepoText.addTo(arguments, update));
      Reply answer = server.ask("update leased repos", Script.APPLY, head(job), arguments);
      while (answer.hasNext()) {
        lost.add(Did.parse(answer.next()));
      }
    }
    return lost;
  }

  private static void requireOneEach(List<LeaseUpdate> updates) {
    Set<Did> seen = new HashSet<>();
    for (LeaseUpdate update : updates) {
      if (!seen.add(update.lease().did())) {
        throw new IllegalArgumentException("two updates of " + update.lease().did() + " at once");
      }
    }
  }

  @Override
  public QueueStats stats(UUID job) {
    Reply answer = server.ask("count repos", Script.STATS, head(job), List.of());
    Map<RepoState, Long> repos = new EnumMap<>(RepoState.class);
    for (RepoState state : RepoText.STATES) {
      repos.put(state, answer.nextLong());
    }
    String nextIn = answer.nextOrNull();
    return new QueueStats(
        repos,
        Optional.ofNullable(nextIn)
            .map(micros -> Duration.of(Long.parseLong(micros), ChronoUnit.MICROS)));
  }

  @Override
  public List<RepoEntry> repos(UUID job, Set<RepoState> states, @Nullable Did after, int most) {
    return listing.page(job, states, after, most);
  }

  @Override
  public Instant now(UUID job) {
    Object micros = server.run("look at the clock", Script.CLOCK, head(job), List.of());
    return ServerTime.instant(Long.parseLong(micros.toString()));
  }

  @Override
  public void forget(UUID job) {
    expire(job, "");
  }

  /** Lets go of it at a time in milliseconds; when that is empty, at once. */
  void expire(UUID job, String at) {
    List<String> lanes = new ArrayList<>(List.of("lane:"));
    String names = keys.ofJob(job, "names");
    for (String number : server.call("list hosts", redis -> redis.hkeys(names))) {
      lanes.add("lane:" + number);
    }
    expire(job, at, lanes);
    String bucket = null;
    List<String> buckets = listing.buckets(job, bucket);
    while (!buckets.isEmpty()) {
      bucket = buckets.get(buckets.size() - 1);
      expire(job, at, buckets.stream().map(name -> "repo:" + name).toList());
      buckets = listing.buckets(job, bucket);
    }
    // Last what tells of the others, so that whoever finishes this finds them.
    expire(job, at, KEYS);
  }

  private void expire(UUID job, String at, List<String> names) {
    for (List<String> part : Parts.of(names, REPOS_A_CALL)) {
      List<String> arguments = new ArrayList<>(List.of(at));
      arguments.addAll(part);
      server.run("let go of a queue", Script.EXPIRE, head(job), arguments);
    }
  }
}
