package io.github.atprotobackfill.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import redis.clients.jedis.UnifiedJedis;

class TestRedisTest {

  @Test
  void isARealServer() {
    try (UnifiedJedis redis = TestRedis.connect()) {
      assertThat(TestRedis.info(redis, "server")).contains("redis_version:");
    }
  }
}
