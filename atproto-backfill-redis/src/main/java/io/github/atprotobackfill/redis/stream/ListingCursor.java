package io.github.atprotobackfill.redis.stream;

import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.params.SetParams;

/**
 * How far one host is listed into a stream, and the lock under which one process at a time moves
 * that on. The lock expires unless it is kept, so that it moves on when its holder dies; a holder
 * that was away too long finds out before it moves the cursor. Thread-safe; may throw {@code
 * JedisException}s.
 */
final class ListingCursor {

  /** What the cursor is once the listing came to its end. */
  static final String DONE = "!ingester-done";

  private final UnifiedJedis redis;
  private final String cursorKey;
  private final String lockKey;
  private final Duration lockFor;
  private final String token = UUID.randomUUID().toString();
  private volatile boolean held;

  ListingCursor(UnifiedJedis redis, String stream, ServiceUrl host, Duration lockFor) {
    this.redis = redis;
    this.cursorKey = key(stream, host);
    this.lockKey = RepoLeases.prefixOf(cursorKey) + "lock";
    this.lockFor = lockFor;
  }

  /** Where the cursor of {@code host} is kept, as Bluesky's ingester does. */
  static String key(String stream, ServiceUrl host) {
    return stream + ":cursor:" + host.authority();
  }

  /** Where listing goes on; none at the beginning. */
  Optional<String> stored() {
    return Optional.ofNullable(redis.get(cursorKey));
  }

  /** Takes the lock if nobody has it. */
  boolean lock() {
    held =
        redis.set(lockKey, token, SetParams.setParams().nx().px(lockFor.toMillis())) != null
            || keep();
    return held;
  }

  /** Keeps the lock for its full time again; false when it is not held any more. */
  boolean keep() {
    held = yes(redis.eval(RepoScripts.KEEP_LOCK, List.of(lockKey), keeping(lockFor)));
    return held;
  }

  /** Whether the lock was held when that was looked at last. */
  boolean held() {
    return held;
  }

  /** Sets the cursor, null at the end; false when the lock is not held any more. */
  boolean save(@Nullable String cursor) {
    List<String> arguments =
        List.of(token, String.valueOf(lockFor.toMillis()), cursor == null ? DONE : cursor);
    held = yes(redis.eval(RepoScripts.SAVE_CURSOR, List.of(cursorKey, lockKey), arguments));
    return held;
  }

  /** Lets go of the lock, if it is held. */
  void unlock() {
    held = false;
    redis.eval(RepoScripts.KEEP_LOCK, List.of(lockKey), keeping(Duration.ZERO));
  }

  private List<String> keeping(Duration time) {
    return List.of(token, String.valueOf(time.toMillis()));
  }

  private static boolean yes(Object reply) {
    return Long.valueOf(1).equals(reply);
  }
}
