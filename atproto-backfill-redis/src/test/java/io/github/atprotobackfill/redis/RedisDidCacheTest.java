package io.github.atprotobackfill.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.identity.CachingDidResolver;
import io.github.atprotobackfill.identity.DidCache;
import io.github.atprotobackfill.identity.DidDocument;
import io.github.atprotobackfill.identity.DidResolutionException;
import io.github.atprotobackfill.identity.DidResolver;
import io.github.atprotobackfill.identity.SigningKey;
import io.github.atprotobackfill.progress.StoreException;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Handle;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.UnifiedJedis;

/** Two processes that resolve, each with a memory of its own, and Redis between them. */
class RedisDidCacheTest {

  private static final Did DID = Did.parse("did:plc:dymdrt6um4ykyt2ykj6yjpfo");
  private static final DidDocument DOCUMENT = documentAt("https://pds.example.com");
  private static final DidDocument MOVED = documentAt("https://other.example.net:8443");

  private final RedisHarness redis = new RedisHarness();
  private final UnifiedJedis client = TestRedis.connect();
  private final AtomicInteger asked = new AtomicInteger();
  private DidResolver directory = did -> DOCUMENT;

  private static DidDocument documentAt(String pds) {
    return new DidDocument(
        DID,
        Optional.of(ServiceUrl.parse(pds)),
        Optional.of(Handle.parse("alice.example.com")),
        Optional.of(
            new SigningKey("Multikey", "zQ3shVc2UkAfJCdc1TR8E66J85h48P43r93q8jGPkPpjF9Ef9")));
  }

  private DidCache cache() {
    return RedisDidCache.of(client, redis.prefix());
  }

  private DidResolver process() {
    return CachingDidResolver.builder(
            did -> {
              asked.incrementAndGet();
              return directory.resolve(did);
            })
        .shared(cache())
        .build();
  }

  private void directoryFails(ErrorKind kind) {
    directory =
        did -> {
          throw new DidResolutionException(kind, "no document of " + did, null);
        };
  }

  @AfterEach
  void close() {
    client.close();
    redis.close();
  }

  @Test
  void whatOneProcessAskedTheOthersKnowForADay() throws Exception {
    assertThat(process().resolve(DID)).isEqualTo(DOCUMENT);

    redis.advance(Duration.ofHours(23));
    assertThat(process().resolve(DID)).isEqualTo(DOCUMENT);
    assertThat(asked).hasValue(1);

    directory = did -> MOVED;
    redis.advance(Duration.ofHours(2));
    assertThat(process().resolve(DID)).isEqualTo(MOVED);
    assertThat(asked).hasValue(2);
  }

  @Test
  void aDocumentWithNothingInItIsKeptToo() throws Exception {
    DidDocument bare = new DidDocument(DID, Optional.empty(), Optional.empty(), Optional.empty());
    directory = did -> bare;
    process().resolve(DID);

    assertThat(process().resolve(DID)).isEqualTo(bare);
    assertThat(asked).hasValue(1);
  }

  @Test
  void anExpiredDocumentServesWhileNobodyCanBeReachedAndNotForEver() throws Exception {
    process().resolve(DID);
    directoryFails(ErrorKind.CONNECT);

    redis.advance(Duration.ofHours(25));
    assertThat(process().resolve(DID)).isEqualTo(DOCUMENT);
    assertThat(asked).hasValue(2);

    redis.advance(Duration.ofDays(3));
    assertThatThrownBy(() -> process().resolve(DID)).isInstanceOf(DidResolutionException.class);
  }

  @Test
  void thatThereIsNoDocumentIsBelievedForMinutes() throws Exception {
    directoryFails(ErrorKind.DID_TOMBSTONED);
    assertTombstoned();

    directory = did -> DOCUMENT;
    redis.advance(Duration.ofMinutes(4));
    assertTombstoned();
    assertThat(asked).hasValue(1);

    redis.advance(Duration.ofMinutes(2));
    assertThat(process().resolve(DID)).isEqualTo(DOCUMENT);
  }

  private void assertTombstoned() {
    assertThatThrownBy(() -> process().resolve(DID))
        .isInstanceOfSatisfying(
            DidResolutionException.class,
            e -> assertThat(e.kind()).isEqualTo(ErrorKind.DID_TOMBSTONED))
        .hasMessage("no document of " + DID);
  }

  @Test
  void thatNobodyWasReachedIsNotTold() throws Exception {
    directoryFails(ErrorKind.RATE_LIMITED);
    assertThatThrownBy(() -> process().resolve(DID)).isInstanceOf(DidResolutionException.class);
    assertThat(redis.keys()).isEmpty();

    directory = did -> DOCUMENT;
    assertThat(process().resolve(DID)).isEqualTo(DOCUMENT);
  }

  @Test
  void whoDoubtsTheAnswerMakesTheOthersAskToo() throws Exception {
    DidResolver doubting = process();
    doubting.resolve(DID);
    directory = did -> MOVED;

    doubting.invalidate(DID);

    assertThat(process().resolve(DID)).isEqualTo(MOVED);
    assertThat(doubting.resolve(DID)).isEqualTo(MOVED);
    assertThat(asked).hasValue(2);
  }

  @Test
  void anAnswerUnderWayWhenItIsDoubtedIsNotTold() throws Exception {
    DidResolver doubting = process();
    directory =
        did -> {
          doubting.invalidate(did);
          return DOCUMENT;
        };

    assertThat(doubting.resolve(DID)).isEqualTo(DOCUMENT);

    assertThat(cache().find(DID)).isEmpty();
  }

  @Test
  void aServerThatIsAwayIsDoneWithout() throws Exception {
    UnifiedJedis nobody = TestRedis.connectToNobody();
    DidResolver alone =
        CachingDidResolver.builder(did -> directory.resolve(did))
            .shared(RedisDidCache.of(nobody))
            .build();

    assertThat(alone.resolve(DID)).isEqualTo(DOCUMENT);
    alone.invalidate(DID);
    directory = did -> MOVED;
    assertThat(alone.resolve(DID)).isEqualTo(MOVED);
    nobody.close();
  }

  @Test
  void junkIsNamedAndDoneWithout() throws Exception {
    String key = redis.prefix() + "did:" + DID;
    for (String junk : new String[] {"", "junk", "{}", "{\"v\":1,\"pds\":\"nowhere\"}"}) {
      client.set(key, junk);

      assertThatThrownBy(() -> cache().find(DID))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining(key);
      assertThat(process().resolve(DID)).isEqualTo(DOCUMENT);
    }
    client.set(key, "{\"v\":2}");
    assertThatThrownBy(() -> cache().find(DID)).hasMessageContaining("later version");
  }

  @Test
  void whatWasKeptByTheFirstVersionIsRead() {
    client.set(
        redis.prefix() + "did:" + DID,
        "{\"v\":1,\"stale\":259200000,\"pds\":\"https://pds.example.com\","
            + "\"handle\":\"alice.example.com\",\"type\":\"Multikey\","
            + "\"key\":\"zQ3shVc2UkAfJCdc1TR8E66J85h48P43r93q8jGPkPpjF9Ef9\"}");
    assertThat(cache().find(DID).orElseThrow().document()).isEqualTo(DOCUMENT);

    client.set(
        redis.prefix() + "did:" + DID,
        "{\"v\":1,\"stale\":0,\"kind\":\"did_not_found\",\"message\":\"nobody\"}");
    assertThat(cache().find(DID).orElseThrow().failure())
        .isEqualTo(new Failure(ErrorKind.DID_NOT_FOUND, "nobody"));
  }
}
