package io.github.atprotobackfill.redis;

import io.github.atprotobackfill.progress.RepoEntry;
import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.syntax.Did;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.params.ZRangeParams;

/**
 * The repos of a job in the order of their DIDs, page by page. Those that are unavailable, gone or
 * failed have an index each; the others, the greater part of a job, are found by looking at all.
 */
final class RepoListing {

  private static final Set<RepoState> INDEXED =
      EnumSet.of(RepoState.UNAVAILABLE, RepoState.GONE, RepoState.FAILED);

  private static final int BUCKETS_A_CALL = 500;

  /** How many repos are looked at in one call, and what is left of the last bucket. */
  private static final int LOOKED_AT_A_CALL = 3000;

  private final RedisServer server;
  private final JobKeys keys;

  RepoListing(RedisServer server, JobKeys keys) {
    this.server = server;
    this.keys = keys;
  }

  List<RepoEntry> page(UUID job, Set<RepoState> states, @Nullable Did after, int most) {
    List<RepoEntry> page = new ArrayList<>();
    Walk walk =
        INDEXED.containsAll(states) ? new WalkOfIndexes(job, states) : new WalkOfAll(job, states);
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
      Reply answer = server.ask("list repos", Script.ENTRIES, keys.ofJob(job, "queue"), part);
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
        indexes.add("ended:" + RepoText.letter(state));
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
    private final String letters;

    WalkOfAll(UUID job, Set<RepoState> states) {
      this.job = job;
      this.letters = states.stream().map(RepoText::letter).collect(Collectors.joining());
    }

    @Override
    public List<String> after(@Nullable String did, int wanted) {
      String from = did == null ? "-" : "[" + RepoText.bucket(did);
      while (true) {
        List<String> buckets = range(job, "buckets", from, BUCKETS_A_CALL);
        if (buckets.isEmpty()) {
          return List.of();
        }
        List<String> arguments = new ArrayList<>();
        arguments.add(letters);
        arguments.add(Integer.toString(LOOKED_AT_A_CALL));
        arguments.addAll(buckets);
        Reply answer =
            server.ask("list repos", Script.MEMBERS, keys.ofJob(job, "queue"), arguments);
        int looked = (int) answer.nextLong();
        List<String> next = new ArrayList<>();
        while (answer.hasNext()) {
          String member = answer.next();
          if (did == null || member.compareTo(did) > 0) {
            next.add(member);
          }
        }
        if (!next.isEmpty()) {
          next.sort(null);
          return next;
        }
        from = "(" + buckets.get(looked - 1);
      }
    }
  }
}
