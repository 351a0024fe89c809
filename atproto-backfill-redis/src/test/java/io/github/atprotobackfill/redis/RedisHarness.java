package io.github.atprotobackfill.redis;

import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.testkit.contract.StoreHarness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import redis.clients.jedis.UnifiedJedis;

/** Keys under a prefix of their own; each opening has a client of its own. */
final class RedisHarness implements StoreHarness {

  private static final AtomicInteger NUMBERS = new AtomicInteger();

  private static final String SET_BACK =
      """
      for _, lane in ipairs(redis.call('KEYS', ARGV[1] .. '*:lane:*')) do
        local members = redis.call('ZRANGE', lane, 0, -1, 'WITHSCORES')
        for i = 1, #members, 2 do
          local score = string.format('%.0f', tonumber(members[i + 1]) - ARGV[2])
          redis.call('ZADD', lane, score, members[i])
        end
      end
      for _, lister in ipairs(redis.call('KEYS', ARGV[1] .. '*:lister')) do
        local left = redis.call('PTTL', lister) - ARGV[2] / 1000
        redis.call('PEXPIRE', lister, string.format('%.0f', math.max(0, left)))
      end
      for _, job in ipairs(redis.call('KEYS', ARGV[1] .. '*:job')) do
        if redis.call('HEXISTS', job, 'ended') == 1 then
          redis.call('HINCRBY', job, 'ended', '-' .. ARGV[2])
        end
      end
      for _, budget in ipairs(redis.call('KEYS', ARGV[1] .. 'budget:*')) do
        local parts = {}
        for part in string.gmatch(redis.call('GET', budget), '[^,]+') do
          parts[#parts + 1] = part
        end
        for _, moment in ipairs({2, 3, 5, 6, 8, 9}) do
          parts[moment] = string.format('%.0f', tonumber(parts[moment]) - ARGV[2])
        end
        redis.call('SET', budget, table.concat(parts, ','), 'KEEPTTL')
      end
      for _, did in ipairs(redis.call('KEYS', ARGV[1] .. 'did:*')) do
        local left = redis.call('PTTL', did) - ARGV[2] / 1000
        redis.call('PEXPIRE', did, string.format('%.0f', math.max(0, left)))
      end
      return 0
      """;

  private final String prefix = "test" + NUMBERS.incrementAndGet() + ":";
  private final UnifiedJedis probe = TestRedis.connect();
  private final List<UnifiedJedis> clients = new ArrayList<>();

  String prefix() {
    return prefix;
  }

  /** A client for looking at keys. */
  UnifiedJedis probe() {
    return probe;
  }

  Set<String> keys() {
    return probe.keys(prefix + "*");
  }

  /** In one step, as a server does that is started again without what it held. */
  void forgetEverything() {
    probe.eval(
        "for _, key in ipairs(redis.call('KEYS', ARGV[1])) do redis.call('DEL', key) end",
        List.of(),
        List.of(prefix + "*"));
  }

  @Override
  public BackfillStores open() {
    UnifiedJedis client = TestRedis.connect();
    clients.add(client);
    return RedisStores.builder(client).keyPrefix(prefix).build();
  }

  @Override
  public void advance(Duration time) {
    probe.eval(SET_BACK, List.of(), List.of(prefix, Long.toString(time.toNanos() / 1000)));
  }

  @Override
  public void close() {
    for (String key : keys()) {
      probe.unlink(key);
    }
    clients.forEach(UnifiedJedis::close);
    probe.close();
  }
}
