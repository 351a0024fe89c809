package io.github.atprotobackfill.redis.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.atprotobackfill.progress.StoreException;
import io.github.atprotobackfill.redis.TestRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.params.XAddParams;
import redis.clients.jedis.params.XClaimParams;
import redis.clients.jedis.params.XPendingParams;
import redis.clients.jedis.resps.StreamConsumersInfo;
import redis.clients.jedis.resps.StreamEntry;

/** On a real server; time is moved by telling the server how long an entry has been idle. */
class ConsumerGroupTest {

  private static final String GROUP = "group";
  private static final Duration LEASE = Duration.ofMinutes(1);
  private static final Duration NO_WAIT = Duration.ZERO;

  private final UnifiedJedis redis = TestRedis.connect();
  private final String stream = "test:" + UUID.randomUUID();
  private final ConsumerGroup one = consumer("one");

  private ConsumerGroup consumer(String name) {
    return new ConsumerGroup(redis, stream, GROUP, name, LEASE);
  }

  @BeforeEach
  void becomesAGroup() {
    assertThat(one.next(1, NO_WAIT)).isEmpty();
  }

  @AfterEach
  void clears() {
    redis.del(stream, ConsumerGroup.deadLettersOf(stream));
    redis.close();
  }

  @Test
  void handsOutWhatWasThereBeforeTheGroupWas() {
    String older = "test:" + UUID.randomUUID();
    redis.xadd(older, StreamEntryID.NEW_ENTRY, Map.of("event", "a"));

    ConsumerGroup late = new ConsumerGroup(redis, older, GROUP, "late", LEASE);

    assertThat(values(late.next(10, NO_WAIT))).containsExactly("a");
    redis.del(older);
  }

  @Test
  void handsOutEachEntryOnceInOrderAndNoMoreThanAskedFor() {
    add("a", "b", "c", "d");

    assertThat(values(one.next(3, NO_WAIT))).containsExactly("a", "b", "c");
    assertThat(values(consumer("two").next(3, NO_WAIT))).containsExactly("d");
    assertThat(one.next(3, NO_WAIT)).isEmpty();
  }

  @Test
  void waitsForAnEntryThatComes() throws Exception {
    Thread later = new Thread(() -> addWhenSomebodyWaits("a"));
    later.start();

    List<Delivery> entries = one.next(3, Duration.ofSeconds(30));
    later.join();

    assertThat(values(entries)).containsExactly("a");
    assertThat(entries.get(0).deliveries()).isEqualTo(1);
  }

  @Test
  void whatIsAcknowledgedIsGoneFromTheStream() {
    add("a", "b");
    List<Delivery> entries = one.next(2, NO_WAIT);
    one.acknowledge(entries.subList(0, 1));

    assertThat(one.backlog()).isEqualTo(1);
    assertThat(redis.xpending(stream, GROUP).getTotal()).isEqualTo(1);
  }

  @Test
  void whoComesBackGetsItsOwnFirst() {
    add("a", "b", "c");
    one.next(3, NO_WAIT);
    add("d");

    ConsumerGroup again = consumer("one");
    List<Delivery> first = again.next(2, NO_WAIT);
    List<Delivery> second = again.next(2, NO_WAIT);

    assertThat(values(first)).containsExactly("a", "b");
    assertThat(values(second)).containsExactly("c", "d");
    assertThat(second).extracting(Delivery::deliveries).containsExactly(2L, 1L);
  }

  @Test
  void whatIsAbandonedIsTakenOverAndCounted() {
    add("a", "b");
    List<Delivery> abandoned = one.next(2, NO_WAIT);
    lapse(abandoned.get(0));

    ConsumerGroup two = consumer("two");
    List<Delivery> taken = two.next(5, NO_WAIT);
    assertThat(values(taken)).containsExactly("a");
    assertThat(taken.get(0).deliveries()).isEqualTo(2);

    lapse(taken.get(0));
    assertThat(consumer("three").next(5, NO_WAIT).get(0).deliveries()).isEqualTo(3);
  }

  @Test
  void whoeverDiedIsTakenOffTheListOnceNothingOfItsIsLeft() {
    add("a", "b");
    List<Delivery> abandoned = one.next(2, NO_WAIT);
    abandoned.forEach(this::lapse);
    ConsumerGroup two = new ConsumerGroup(redis, stream, GROUP, "two", Duration.ZERO);

    two.acknowledge(two.next(1, NO_WAIT));
    assertThat(consumers()).contains("one", "two");
    two.next(1, NO_WAIT);
    assertThat(consumers()).containsExactly("two");
  }

  @Test
  void whoLeavesIsTakenOffTheListUnlessItHasSomethingLeft() {
    add("a");
    List<Delivery> entries = one.next(2, NO_WAIT);
    one.leave();
    assertThat(consumers()).containsExactly("one");

    one.acknowledge(entries);
    one.leave();
    assertThat(consumers()).isEmpty();
  }

  @Test
  void whatIsRenewedIsNotAbandoned() {
    add("a");
    List<Delivery> held = one.next(1, NO_WAIT);
    lapse(held.get(0));

    assertThat(one.renew(held)).containsExactly(held.get(0).id());
    assertThat(consumer("two").next(1, NO_WAIT)).isEmpty();
  }

  @Test
  void whatOthersTookOverIsNotTakenBackByRenewing() {
    add("a");
    List<Delivery> held = one.next(1, NO_WAIT);
    lapse(held.get(0));
    ConsumerGroup two = consumer("two");
    two.next(1, NO_WAIT);

    assertThat(one.renew(held)).isEmpty();
    one.giveBack(held);
    assertThat(consumer("three").next(1, NO_WAIT)).isEmpty();
  }

  @Test
  void whatIsGivenBackIsAnyonesAtOnce() {
    add("a");
    one.giveBack(one.next(1, NO_WAIT));

    List<Delivery> taken = consumer("two").next(1, NO_WAIT);
    assertThat(values(taken)).containsExactly("a");
    assertThat(taken.get(0).deliveries()).as("as if it had not been handed out").isEqualTo(1);
  }

  @Test
  void whatWasRemovedWhileItWasPendingIsForgotten() {
    add("a", "b", "c");
    List<Delivery> pending = one.next(3, NO_WAIT);
    lapse(pending.get(0));
    pending.subList(0, 2).forEach(entry -> redis.xdel(stream, new StreamEntryID(entry.id())));

    assertThat(consumer("two").next(5, NO_WAIT)).as("null in 6.2, nothing since 7").isEmpty();
    assertThat(values(consumer("one").next(5, NO_WAIT))).containsExactly("c");
    assertThat(redis.xpending(stream, GROUP).getTotal()).isEqualTo(1);
  }

  @Test
  void aDeadLetterKeepsWhatCameAndSaysWhatWasWrong() {
    byte[] junk = {(byte) 0xff, 0};
    redis.xadd(
        stream.getBytes(UTF_8), XAddParams.xAddParams(), Map.of("event".getBytes(UTF_8), junk));
    Delivery entry = one.next(1, NO_WAIT).get(0);

    one.bury(entry, "not JSON");

    byte[] dead = ConsumerGroup.deadLettersOf(stream).getBytes(UTF_8);
    List<?> letter = (List<?>) redis.xrange(dead, "-".getBytes(UTF_8), "+".getBytes(UTF_8)).get(0);
    List<?> fields = (List<?>) letter.get(1);
    assertThat((byte[]) fields.get(1)).isEqualTo(junk);
    StreamEntry read = redis.xrange(ConsumerGroup.deadLettersOf(stream), "-", "+").get(0);
    assertThat(read.getFields())
        .containsEntry("error", "not JSON")
        .containsEntry("deliveries", "1")
        .containsEntry("id", entry.id());
    assertThat(one.backlog()).isZero();
    assertThat(redis.xpending(stream, GROUP).getTotal()).isZero();
  }

  @Test
  void aGroupThatRedisLostIsMadeAnewAtTheBeginning() {
    add("a");
    List<Delivery> held = one.next(1, NO_WAIT);
    redis.del(stream);

    one.renew(held);
    one.acknowledge(held);
    redis.del(stream);
    add("b");
    assertThat(values(one.next(5, NO_WAIT))).containsExactly("b");

    redis.xgroupDestroy(stream, GROUP);
    assertThat(values(one.next(5, NO_WAIT))).containsExactly("b");
  }

  @Test
  void abandonedEntriesAreFoundBehindManyThatAreNot() {
    for (int i = 0; i < 100; i++) {
      add("a" + i);
    }
    List<Delivery> held = one.next(100, NO_WAIT);
    lapse(held.get(99));

    ConsumerGroup two = consumer("two");
    List<Delivery> found = new ArrayList<>();
    for (int look = 0; look < 12; look++) {
      found.addAll(two.next(1, NO_WAIT));
    }
    assertThat(values(found)).containsExactly("a99");
  }

  @Test
  void aKeyThatIsNoStreamIsAStoreFailure() {
    redis.del(stream);
    redis.set(stream, "text");

    assertThatThrownBy(() -> one.next(1, NO_WAIT))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(stream)
        .hasMessageContaining("WRONGTYPE");
  }

  private void add(String... values) {
    for (String value : values) {
      redis.xadd(stream, StreamEntryID.NEW_ENTRY, Map.of("event", value));
    }
  }

  private void addWhenSomebodyWaits(String value) {
    try (UnifiedJedis other = TestRedis.connect()) {
      while (!TestRedis.info(other, "clients").contains("blocked_clients:1")) {
        Thread.onSpinWait();
      }
      other.xadd(stream, StreamEntryID.NEW_ENTRY, Map.of("event", value));
    }
  }

  private void lapse(Delivery entry) {
    redis.xclaimJustId(
        stream,
        GROUP,
        owner(entry),
        0,
        XClaimParams.xClaimParams().idle(LEASE.toMillis()),
        new StreamEntryID(entry.id()));
  }

  private String owner(Delivery entry) {
    StreamEntryID id = new StreamEntryID(entry.id());
    return redis
        .xpending(stream, GROUP, XPendingParams.xPendingParams(id, id, 1))
        .get(0)
        .getConsumerName();
  }

  private List<String> consumers() {
    return redis.xinfoConsumers(stream, GROUP).stream().map(StreamConsumersInfo::getName).toList();
  }

  private static List<String> values(List<Delivery> entries) {
    return entries.stream()
        .map(entry -> new String(entry.field("event").orElseThrow(), UTF_8))
        .toList();
  }
}
