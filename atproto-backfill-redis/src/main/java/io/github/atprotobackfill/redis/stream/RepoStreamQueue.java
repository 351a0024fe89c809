package io.github.atprotobackfill.redis.stream;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.progress.ClaimFor;
import io.github.atprotobackfill.progress.Lease;
import io.github.atprotobackfill.progress.LeaseUpdate;
import io.github.atprotobackfill.progress.QueueStats;
import io.github.atprotobackfill.progress.QueuedRepo;
import io.github.atprotobackfill.progress.RepoEntry;
import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.progress.WorkQueue;
import io.github.atprotobackfill.redis.stream.RepoLeases.RepoUpdate;
import io.github.atprotobackfill.redis.stream.RepoMessage.BadEntryException;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queue of a standing job: the entries of a stream. Whoever adds one has a repo read; whoever
 * adds it again has it read again. What ended is counted and forgotten, and what failed lies with
 * the dead letters, so that nothing is to be listed here afterwards.
 */
final class RepoStreamQueue implements WorkQueue {

  private static final Logger log = LoggerFactory.getLogger(RepoStreamQueue.class);

  /**
   * Repos that may wait in lanes before no more are taken from the stream: of hosts that are slow,
   * so many are located ahead of those behind them.
   */
  static final int MOST_WAITING = 10_000;

  /** A repo that so many processes left behind, and none brought to its next page, kills them. */
  static final int MOST_TAKEOVERS = 10;

  /** Most of what is handed out may be of repos that wait or are under way. */
  private static final int MOST_LOOKS = 8;

  private final ConsumerGroup group;
  private final RepoLeases leases;

  RepoStreamQueue(ConsumerGroup group, RepoLeases leases) {
    this.group = group;
    this.leases = leases;
  }

  @Override
  public int enqueue(UUID job, List<QueuedRepo> repos) {
    throw new UnsupportedOperationException("what is to be read is added to the stream");
  }

  @Override
  public Set<ServiceUrl> hosts(UUID job) {
    return leases.waiting().keySet().stream()
        .filter(host -> !host.isEmpty())
        .map(ServiceUrl::parse)
        .collect(Collectors.toUnmodifiableSet());
  }

  // ---- claiming

  @Override
  public List<Lease> claim(UUID job, String worker, List<ClaimFor> wanted, Duration lasts) {
    List<Lease> claimed = new ArrayList<>();
    Map<String, Long> waiting = leases.waiting();
    for (ClaimFor claim : wanted) {
      ServiceUrl host = claim.pds();
      List<LeasedRepo> leased =
          waiting.containsKey(name(host))
              ? leases.leaseWaiting(name(host), claim.most(), lasts)
              : List.of();
      take(job, host, lasts, leased, claimed);
      if (host == null && sum(waiting) < MOST_WAITING) {
        claimFromStream(job, claim.most() - leased.size(), lasts, claimed);
      }
    }
    return claimed;
  }

  private static long sum(Map<String, Long> waiting) {
    return waiting.values().stream().mapToLong(Long::longValue).sum();
  }

  private void claimFromStream(UUID job, int most, Duration lasts, List<Lease> claimed) {
    int left = most;
    for (int looks = 0; left > 0 && looks < MOST_LOOKS; looks++) {
      List<Delivery> entries = group.next(left, Duration.ZERO);
      if (entries.isEmpty()) {
        return;
      }
      List<LeasedRepo> leased = leases.lease(repos(entries), lasts);
      take(job, null, lasts, leased, claimed);
      left -= leased.size();
    }
  }

  /** The repos of which entries tell; the others are buried. */
  private Map<String, Did> repos(List<Delivery> entries) {
    Map<String, Did> repos = new LinkedHashMap<>();
    for (Delivery entry : entries) {
      try {
        repos.put(entry.id(), RepoMessage.repoOf(entry));
      } catch (BadEntryException e) {
        log.debug("{} {} is no repo to be read: {}", group.stream(), entry.id(), e.getMessage());
        group.bury(entry, "no repo to be read: " + e.getMessage());
        leases.countEnded(RepoState.FAILED);
      }
    }
    return repos;
  }

  private void take(
      UUID job,
      @Nullable ServiceUrl host,
      Duration lasts,
      List<LeasedRepo> leased,
      List<Lease> claimed) {
    for (LeasedRepo repo : leased) {
      Lease lease =
          new Lease(
              job, repo.did(), repo.fence(), lasts, host, null, repo.attempts(), repo.position());
      if (repo.takeovers() < MOST_TAKEOVERS) {
        claimed.add(lease);
      } else {
        giveUp(lease, repo.takeovers());
      }
    }
  }

  private void giveUp(Lease lease, int takeovers) {
    String message =
        lease.did() + " was left behind by " + takeovers + " readers that did not come to a page";
    log.warn(message);
    Failure failure = new Failure(ErrorKind.INTERNAL, message);
    apply(lease.job(), List.of(new LeaseUpdate.Failed(lease, failure)));
  }

  // ---- updates

  @Override
  public Set<Did> apply(UUID job, List<LeaseUpdate> updates) {
    // A dead letter may be there twice, but never not at all.
    for (LeaseUpdate update : updates) {
      if (update instanceof LeaseUpdate.Failed failed) {
        bury(failed);
      }
    }
    return leases.update(updates.stream().map(RepoStreamQueue::written).toList());
  }

  private void bury(LeaseUpdate.Failed failed) {
    Lease lease = failed.lease();
    leases
        .entryOf(lease.did(), lease.fence(), lease.attempts() + 1)
        .ifPresent(entry -> group.bury(entry, failed.failure().toString()));
  }

  private static RepoUpdate written(LeaseUpdate update) {
    Lease lease = update.lease();
    if (update instanceof LeaseUpdate.Renew) {
      return written("renew", lease, millis(lease.lasts()), "", "");
    }
    if (update instanceof LeaseUpdate.Checkpoint checkpoint) {
      return written("checkpoint", lease, millis(lease.lasts()), checkpoint.position(), "");
    }
    if (update instanceof LeaseUpdate.Release release) {
      String keep = release.keepPosition() ? "keep" : "";
      return written("release", lease, millis(release.after()), name(release.pds()), keep);
    }
    if (update instanceof LeaseUpdate.Retry retry) {
      return written("retry", lease, millis(retry.after()), name(retry.pds()), "");
    }
    return written("end", lease, end(update).code(), "", "");
  }

  private static RepoState end(LeaseUpdate update) {
    if (update instanceof LeaseUpdate.Closed closed) {
      return closed.state();
    }
    return update instanceof LeaseUpdate.Done ? RepoState.DONE : RepoState.FAILED;
  }

  private static RepoUpdate written(String what, Lease lease, String a, String b, String c) {
    return new RepoUpdate(
        List.of(what, lease.did().value(), String.valueOf(lease.fence()), a, b, c));
  }

  private static String millis(Duration duration) {
    return String.valueOf(duration.toMillis());
  }

  private static String name(@Nullable ServiceUrl host) {
    return host == null ? "" : host.toString();
  }

  // ---- how it stands

  /**
   * Counts the entries of the stream as repos, and what ended since Redis began to count. When the
   * next one is due is not told.
   */
  @Override
  public QueueStats stats(UUID job) {
    long pending = leases.pending();
    long waiting = sum(leases.waiting());
    Map<RepoState, Long> repos = new EnumMap<>(RepoState.class);
    repos.putAll(leases.ended());
    repos.put(RepoState.QUEUED, Math.max(0, group.backlog() - pending));
    repos.put(RepoState.LEASED, Math.max(0, pending - waiting));
    repos.put(RepoState.RETRY, waiting);
    return new QueueStats(repos, Optional.empty());
  }

  @Override
  public Instant now(UUID job) {
    return leases.now();
  }

  /** Whatever becomes of the job, the stream is others' as well. */
  @Override
  public void forget(UUID job) {}

  @Override
  public List<RepoEntry> repos(UUID job, Set<RepoState> states, @Nullable Did after, int most) {
    throw new UnsupportedOperationException("what failed lies with the stream's dead letters");
  }
}
