package io.github.atprotobackfill.redis.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.progress.StoreException;
import io.github.atprotobackfill.syntax.Did;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Who reads which repo of a stream, and how far, as Redis keeps it beside the stream.
 *
 * <p>An entry stays in the stream, pending, until its repo is ended. One record a repo says for
 * which entry it is being read, under which fence, until when, and from where on. Repos that were
 * put off, or given back once their host was known, wait in a lane, one a host. What comes for a
 * repo that is under way comes behind it, and is read after it.
 *
 * <p>Times are the server's. Thread-safe. Failures are {@link StoreException}s.
 */
final class RepoLeases {

  /** How long a record is kept that nobody touches; one that is leased or waits is touched. */
  private static final Duration KEPT = Duration.ofDays(7);

  /** Updates that are made in one step: the server does nothing else meanwhile. */
  private static final int UPDATES_AT_ONCE = 200;

  private static final int VALUES_OF_UPDATE = 6;

  private final UnifiedJedis redis;
  private final String stream;
  private final String group;
  private final String consumer;
  private final String prefix;

  /** This one alone, where a consumer's name may come back with another process. */
  private final String reader = UUID.randomUUID().toString();

  RepoLeases(UnifiedJedis redis, String stream, String group, String consumer) {
    this.redis = redis;
    this.stream = stream;
    this.group = group;
    this.consumer = consumer;
    this.prefix = prefixOf(stream);
  }

  /** What the keys begin with that lie on the same node of a cluster as {@code stream}. */
  static String prefixOf(String stream) {
    return stream.contains("{") ? stream + ":" : "{" + stream + "}:";
  }

  /**
   * Leases repos whose entries were handed out to this consumer, save those that are under way.
   *
   * @param entries DIDs by entry
   */
  List<LeasedRepo> lease(Map<String, Did> entries, Duration lasts) {
    List<String> arguments = first(lasts.toMillis(), KEPT.toMillis());
    List<Did> dids = new ArrayList<>();
    entries.forEach(
        (entry, did) -> {
          arguments.add(entry);
          arguments.add(did.value());
          dids.add(did);
        });
    List<?> replies = eval(RepoScripts.LEASE, arguments);
    List<LeasedRepo> leased = new ArrayList<>();
    for (int i = 0; i < dids.size(); i++) {
      List<?> reply = (List<?>) replies.get(i);
      if (!reply.isEmpty()) {
        leased.add(leased(dids.get(i), reply));
      }
    }
    return leased;
  }

  /** Leases repos that wait in the lane of {@code host}, empty for those whose host is unknown. */
  List<LeasedRepo> leaseWaiting(String host, int most, Duration lasts) {
    List<String> arguments = first(lasts.toMillis(), KEPT.toMillis());
    arguments.add(host);
    arguments.add(String.valueOf(most));
    List<LeasedRepo> leased = new ArrayList<>();
    for (Object reply : eval(RepoScripts.LEASE_WAITING, arguments)) {
      List<?> values = (List<?>) reply;
      leased.add(leased(Did.parse((String) values.get(0)), values.subList(1, values.size())));
    }
    return leased;
  }

  private static LeasedRepo leased(Did did, List<?> values) {
    return new LeasedRepo(
        did,
        Long.parseLong((String) values.get(0)),
        Integer.parseInt((String) values.get(1)),
        Integer.parseInt((String) values.get(2)),
        values.size() > 3 ? (@Nullable String) values.get(3) : null);
  }

  /** Makes updates, each if its lease is still the last one; gives the DIDs of the others. */
  Set<Did> update(List<RepoUpdate> updates) {
    List<String> lost = new ArrayList<>();
    for (int from = 0; from < updates.size(); from += UPDATES_AT_ONCE) {
      int to = Math.min(updates.size(), from + UPDATES_AT_ONCE);
      List<String> arguments = first(KEPT.toMillis());
      updates.subList(from, to).forEach(update -> arguments.addAll(update.values()));
      eval(RepoScripts.UPDATE, arguments).forEach(did -> lost.add((String) did));
    }
    return lost.stream().map(Did::parse).collect(Collectors.toUnmodifiableSet());
  }

  /**
   * An update as the script takes it.
   *
   * @param values what, DID, fence, and three that depend on what
   */
  record RepoUpdate(List<String> values) {

    RepoUpdate {
      if (values.size() != VALUES_OF_UPDATE) {
        throw new IllegalArgumentException("an update has six values: " + values);
      }
    }
  }

  /** The entry for which a repo is leased; none when the lease is lost, or the entry removed. */
  Optional<Delivery> entryOf(Did did, long fence, int deliveries) {
    return guarded(
        () -> {
          List<String> held = redis.hmget(prefix + "repo:" + did.value(), "entry", "fence");
          String entry = held.get(0);
          if (entry == null || !String.valueOf(fence).equals(held.get(1))) {
            return Optional.empty();
          }
          byte[] id = entry.getBytes(UTF_8);
          return redis.xrange(stream.getBytes(UTF_8), id, id).stream()
              .findFirst()
              .map(found -> delivery(entry, (List<?>) found, deliveries));
        });
  }

  private static Delivery delivery(String id, List<?> entry, int deliveries) {
    List<byte[]> fields = ((List<?>) entry.get(1)).stream().map(byte[].class::cast).toList();
    return new Delivery(id, fields, deliveries);
  }

  /** How many repos wait, by host; empty for those whose host is unknown. */
  Map<String, Long> waiting() {
    return guarded(() -> counts(redis.hgetAll(prefix + "hosts")));
  }

  /** The server's time. */
  Instant now() {
    String millis = (String) eval(RepoScripts.CLOCK, List.of()).get(0);
    return Instant.ofEpochMilli(Long.parseLong(millis));
  }

  /** How many repos ended, by how. */
  Map<RepoState, Long> ended() {
    Map<String, Long> counts = guarded(() -> counts(redis.hgetAll(prefix + "ended")));
    Map<RepoState, Long> ended = new EnumMap<>(RepoState.class);
    counts.forEach((state, count) -> ended.put(RepoState.ofCode(state), count));
    return ended;
  }

  /** How many entries are pending, for whomever. */
  long pending() {
    return guarded(
        () -> {
          try {
            return redis.xpending(stream, group).getTotal();
          } catch (JedisDataException e) {
            if (String.valueOf(e.getMessage()).startsWith("NOGROUP")) {
              return 0L;
            }
            throw e;
          }
        });
  }

  /** Counts a repo, or what was to be one, as ended in this state. */
  void countEnded(RepoState state) {
    guarded(() -> redis.hincrBy(prefix + "ended", state.code(), 1));
  }

  private static Map<String, Long> counts(Map<String, String> stored) {
    return stored.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> Long.valueOf(entry.getValue())));
  }

  private List<String> first(long... more) {
    List<String> arguments = new ArrayList<>(List.of(prefix, group, consumer, reader));
    for (long value : more) {
      arguments.add(String.valueOf(value));
    }
    return arguments;
  }

  private List<?> eval(String script, List<String> arguments) {
    return guarded(() -> (List<?>) redis.eval(script, List.of(stream), arguments));
  }

  private <T> T guarded(Supplier<T> command) {
    try {
      return command.get();
    } catch (JedisException e) {
      throw new StoreException("Redis stream " + stream + ": " + e.getMessage(), e);
    }
  }
}
