package io.github.atprotobackfill.redis.stream;

import static io.github.atprotobackfill.redis.stream.EventStreams.ALICE;
import static io.github.atprotobackfill.redis.stream.EventStreams.BOB;
import static io.github.atprotobackfill.redis.stream.EventStreams.gone;
import static io.github.atprotobackfill.redis.stream.EventStreams.note;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.redis.TestRedis;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.UnifiedJedis;

class TombstonesTest {

  private static final Duration LIFE = Duration.ofDays(7);

  private final UnifiedJedis redis = TestRedis.connect();
  private final EventStreams streams = new EventStreams(redis);
  private final String stream = streams.names.firehoseLive();
  private final Tombstones tombstones = new Tombstones(redis, stream, LIFE);
  private final String lately = stream + ":deleted:{" + ALICE + "}";
  private final String before = lately + ":before";

  @AfterEach
  void clear() {
    streams.close();
    redis.close();
  }

  @Test
  void aPutIsOvertakenByNewerDeletesOfItsAddressOnly() {
    tombstones.remember(List.of(gone(ALICE, "a", 5), gone(ALICE, "a", 3), gone(BOB, "b", 5)));

    assertThat(overtaken("a", 4)).isTrue();
    assertThat(overtaken("a", 5)).isFalse();
    assertThat(overtaken("a", 6)).isFalse();
    assertThat(overtaken("b", 4)).isFalse();
    assertThat(
            tombstones.overtaken(List.of(note(ALICE, "a", 4, "x"), gone(ALICE, "a", 4))).values())
        .containsExactly(gone(ALICE, "a", 5));
  }

  @Test
  void aDeleteIsRememberedForALifeAtLeastAndForTwoAtMost() {
    tombstones.remember(List.of(gone(ALICE, "a", 5)));
    assertThat(redis.pttl(lately)).isBetween(2 * LIFE.toMillis() - 60_000, 2 * LIFE.toMillis());

    redis.pexpire(lately, LIFE.toMillis() + 1_000_000);
    tombstones.remember(List.of(gone(ALICE, "b", 5)));
    assertThat(redis.hlen(lately)).as("not yet a life old").isEqualTo(2);
    assertThat(redis.pttl(lately)).as("not put off").isLessThan(2 * LIFE.toMillis() - 60_000);

    redis.pexpire(lately, LIFE.toMillis() - 1_000_000);
    tombstones.remember(List.of(gone(ALICE, "c", 5)));
    assertThat(redis.hkeys(lately)).hasSize(1);
    assertThat(redis.hlen(before)).isEqualTo(2);
    assertThat(redis.pttl(before)).isLessThan(LIFE.toMillis());
    assertThat(redis.pttl(lately)).isGreaterThan(2 * LIFE.toMillis() - 60_000);
    assertThat(overtaken("a", 4)).isTrue();
    assertThat(overtaken("b", 4)).isTrue();
    assertThat(overtaken("c", 4)).isTrue();
  }

  private boolean overtaken(String rkey, int rev) {
    return !tombstones.overtaken(List.of(note(ALICE, rkey, rev, "x"))).isEmpty();
  }
}
