package io.github.atprotobackfill.redis;

import io.github.atprotobackfill.progress.RepoEntry;
import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.syntax.Did;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.params.ZRangeParams;

/**
 * The repos of a job in the order of their DIDs, page by page. Those that are open, unavailable,
 * gone or failed are found by indexes of their own; those that are done, the greater part of a job,
 * have none, and are found by walking through all.
 */
final class RepoListing {

  /** How many buckets are looked into at once; with tens of millions of repos each holds dozens. */
  private static final int BUCKETS_A_CALL = 50;

  private final RedisServer server;
  private final JobKeys keys;

  RepoListing(RedisServer server, JobKeys keys) {
    this.server = server;
    this.keys = keys;
  }

  List<RepoEntry> page(UUID job, Set<RepoState> states, @Nullable Did after, int most) {
    List<RepoEntry> page = new ArrayList<>();
    Walk walk =
        states.contains(RepoState.DONE) ? new WalkOfAll(job) : new WalkOfIndexes(job, states);
    @Nullable String from = after == null ? null : after.toString();
    while (page.size() < most && !states.isEmpty()) {
      List<String> next = walk.after(from, most - page.size());
      if (next.isEmpty()) {
        break;
      }
      from = next.get(next.size() - 1);
      read(job, next, states, most, page);
    }
    return page;
  }

  private void read(
      UUID job, List<String> dids, Set<RepoState> states, int most, List<RepoEntry> page) {
    for (List<String> part : Parts.of(dids, RedisWorkQueue.REPOS_A_CALL)) {
      Answer answer = server.ask("list repos", Script.ENTRIES, keys.ofJob(job, "queue"), part);
      while (answer.hasNext()) {
        RepoEntry entry = RepoText.entry(answer);
        if (states.contains(entry.state()) && page.size() < most) {
          page.add(entry);
        }
      }
    }
  }

  /** The next buckets after one, in order; from the first when it is null. */
  List<String> buckets(UUID job, @Nullable String after) {
    return range(job, "buckets", after == null ? "-" : "(" + after, RedisWorkQueue.REPOS_A_CALL);
  }

  private List<String> range(UUID job, String index, String from, int most) {
    String key = keys.ofJob(job, index);
    ZRangeParams range = ZRangeParams.zrangeByLexParams(from, "+").limit(0, most);
    return server.call("list repos", redis -> redis.zrange(key, range));
  }

  private interface Walk {

    /**
     * The DIDs that may be asked for and come next after one, in order, none left out between them;
     * empty at the end.
     */
    List<String> after(@Nullable String did, int wanted);
  }

  /** Several sorted sets at once. */
  private final class WalkOfIndexes implements Walk {

    private final UUID job;
    private final Set<String> indexes = new TreeSet<>();

    WalkOfIndexes(UUID job, Set<RepoState> states) {
      this.job = job;
      for (RepoState state : states) {
        indexes.add(state.terminal() ? "ended:" + RepoText.letter(state) : "open");
      }
    }

    @Override
    public List<String> after(@Nullable String did, int wanted) {
      int most = Math.min(wanted, RedisWorkQueue.REPOS_A_CALL);
      Set<String> next = new TreeSet<>();
      for (String index : indexes) {
        next.addAll(range(job, index, did == null ? "-" : "(" + did, most));
      }
      return next.stream().limit(most).toList();
    }
  }

  /** All buckets, some at a time. */
  private final class WalkOfAll implements Walk {

    private final UUID job;

    WalkOfAll(UUID job) {
      this.job = job;
    }

    @Override
    public List<String> after(@Nullable String did, int wanted) {
      String from = did == null ? "-" : "[" + bucket(did);
      while (true) {
        List<String> buckets = range(job, "buckets", from, BUCKETS_A_CALL);
        if (buckets.isEmpty()) {
          return List.of();
        }
        List<String> next = new ArrayList<>();
        Answer members =
            server.ask("list repos", Script.MEMBERS, keys.ofJob(job, "queue"), buckets);
        while (members.hasNext()) {
          String member = members.next();
          if (did == null || member.compareTo(did) > 0) {
            next.add(member);
          }
        }
        if (!next.isEmpty()) {
          next.sort(null);
          return next;
        }
        from = "(" + buckets.get(buckets.size() - 1);
      }
    }

    /** As {@code split} in {@code every.lua}. */
    private static String bucket(String did) {
      return did.startsWith("did:plc:") ? did.substring(0, Math.min(did.length(), 12)) : did;
    }
  }
}
