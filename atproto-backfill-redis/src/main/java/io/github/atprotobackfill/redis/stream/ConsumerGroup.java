package io.github.atprotobackfill.redis.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.atprotobackfill.progress.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * One consumer of one group on one stream. The group is made at the stream's beginning when it is
 * missing, and made anew when Redis has lost it.
 *
 * <p><b>At least once.</b> An entry that was handed out stays pending until it is {@linkplain
 * #acknowledge acknowledged} or {@linkplain #bury buried}, and either removes it: so the length of
 * the stream is what is still to be done. Who answers neither, nor {@linkplain #renew renews}
 * within a lease, loses it to whoever asks next, itself included. A consumer that comes back under
 * its old name gets what it left behind before anything else.
 *
 * <p><b>On a cluster.</b> Everything but burying is one step on one key. A dead letter lies in
 * another stream, which may be on another node: it is added first and the entry removed after that,
 * so that whatever comes between leaves a dead letter twice, and never none.
 *
 * <p>Times are the server's. Thread-safe. Every method throws {@link StoreException} when Redis
 * does not do what it is asked; then nothing is known to have happened, and it may be asked again.
 */
final class ConsumerGroup {

  /** So many dead letters, about, are kept of one stream. */
  static final long DEAD_LETTERS = 100_000;

  private static final Logger log = LoggerFactory.getLogger(ConsumerGroup.class);
  private static final String BEGINNING = "0-0";
  private static final int MESSAGE_LENGTH = 500;

  private final ReentrantLock takeLock = new ReentrantLock();
  private final UnifiedJedis redis;
  private final String stream;
  private final String group;
  private final String consumer;
  private final Duration lease;

  /** The consumer's own entries are wanted after this one; empty when it has all of them. */
  private String lastOwn = BEGINNING;

  private String lookForAbandonedFrom = BEGINNING;
  private boolean joined;

  /**
   * @param consumer a name that no other consumer of the group has at the same time
   * @param lease an entry that is idle for so long is anyone's
   */
  ConsumerGroup(UnifiedJedis redis, String stream, String group, String consumer, Duration lease) {
    this.redis = redis;
    this.stream = stream;
    this.group = group;
    this.consumer = consumer;
    this.lease = lease;
  }

  /** A name for a consumer that nobody else has. */
  static String uniqueConsumer(String role) {
    return role + "-" + UUID.randomUUID();
  }

  /** The stream in which the dead letters of {@code stream} lie. */
  static String deadLettersOf(String stream) {
    return stream + ":dead";
  }

  String stream() {
    return stream;
  }

  String consumer() {
    return consumer;
  }

  Duration lease() {
    return lease;
  }

  /**
   * Hands out up to {@code most} entries: what was pending for this consumer when it began, then
   * what others abandoned, then what is new. Waits for up to {@code longestWait}, to the
   * millisecond, when there is nothing; zero does not wait. An interrupt does not end the waiting.
   */
  List<Delivery> next(int most, Duration longestWait) {
    takeLock.lock();
    try {
      if (!joined) {
        join();
      }
      List<Delivery> entries = inGroup(() -> take(most));
      return entries.isEmpty() && longestWait.toMillis() > 0
          ? inGroup(() -> await(most, longestWait))
          : entries;
    } finally {
      takeLock.unlock();
    }
  }

  private void join() {
    inGroup(this::removeGoneConsumers);
    joined = true;
  }

  private List<Delivery> take(int most) {
    List<?> reply =
        (List<?>)
            eval(
                StreamScripts.TAKE,
                group,
                consumer,
                String.valueOf(most),
                String.valueOf(lease.toMillis()),
                lastOwn,
                lookForAbandonedFrom);
    lastOwn = text(reply.get(1));
    lookForAbandonedFrom = text(reply.get(2));
    long takenOver = (Long) reply.get(3);
    if (takenOver > 0) {
      log.info("{}: took over {} abandoned entries", stream, takenOver);
      removeGoneConsumers();
    }
    if ((Long) reply.get(4) > 0) {
      log.warn("{}: {} entries were removed while they were pending", stream, reply.get(4));
    }
    return deliveries((List<?>) reply.get(0));
  }

  /** Waits as nobody but the server can. What was abandoned meanwhile is found by the next call. */
  private List<Delivery> await(int most, Duration longestWait) {
    CommandArguments read =
        new CommandArguments(Protocol.Command.XREADGROUP)
            .add("GROUP")
            .add(group)
            .add(consumer)
            .add("COUNT")
            .add(most)
            .add("BLOCK")
            .add(longestWait.toMillis())
            .add("STREAMS")
            .key(stream)
            .add(">")
            .blocking();
    List<?> streams = (List<?>) redis.executeCommand(read);
    if (streams == null || streams.isEmpty()) {
      return List.of();
    }
    Object only = streams.get(0);
    // A pair is a list in the second version of the server's protocol, and an entry in the third.
    Object entries = only instanceof Map.Entry<?, ?> e ? e.getValue() : ((List<?>) only).get(1);
    return deliveries((List<?>) entries);
  }

  private static List<Delivery> deliveries(List<?> entries) {
    List<Delivery> deliveries = new ArrayList<>(entries.size());
    for (Object entry : entries) {
      List<?> parts = (List<?>) entry;
      List<byte[]> fields = ((List<?>) parts.get(1)).stream().map(byte[].class::cast).toList();
      long times = parts.size() > 2 ? (Long) parts.get(2) : 1;
      deliveries.add(new Delivery(text(parts.get(0)), fields, times));
    }
    return deliveries;
  }

  /** These are done: acknowledged and removed, all in one step. */
  void acknowledge(Collection<Delivery> done) {
    if (!done.isEmpty()) {
      guarded(() -> eval(StreamScripts.ACKNOWLEDGE, arguments(done, group)));
    }
  }

  /** This one will never be done: moved to the dead letters, with what is wrong and its old id. */
  void bury(Delivery dead, String error) {
    CommandArguments letter =
        new CommandArguments(Protocol.Command.XADD)
            .key(deadLettersOf(stream))
            .add("MAXLEN")
            .add("~")
            .add(DEAD_LETTERS)
            .add("*");
    dead.fields().forEach(letter::add);
    letter.add("error").add(shortened(error));
    letter.add("deliveries").add(dead.deliveries());
    letter.add("id").add(dead.id());
    guarded(() -> redis.executeCommand(letter));
    acknowledge(List.of(dead));
  }

  /**
   * Keeps these for another lease.
   *
   * @return the ids of those that are still this consumer's; the others were taken over, or removed
   */
  Set<String> renew(Collection<Delivery> held) {
    return setIdle(held, Duration.ZERO, 0);
  }

  /** Leaves these to whoever asks next, as if they had not been handed out. */
  void giveBack(Collection<Delivery> held) {
    setIdle(held, lease, 1);
  }

  private Set<String> setIdle(Collection<Delivery> held, Duration idle, int fewerDeliveries) {
    if (held.isEmpty()) {
      return Set.of();
    }
    String[] arguments =
        arguments(
            held,
            group,
            consumer,
            String.valueOf(idle.toMillis()),
            String.valueOf(fewerDeliveries));
    List<?> still = (List<?>) inGroup(() -> eval(StreamScripts.SET_IDLE, arguments));
    return still.stream().map(ConsumerGroup::text).collect(Collectors.toUnmodifiableSet());
  }

  /** Takes this consumer's name off the group's list, unless something is pending for it. */
  void leave() {
    inGroup(() -> removeConsumers(consumer));
  }

  /** How many entries the stream has: handed out and not, to be done all of them. */
  long backlog() {
    return guarded(() -> redis.xlen(stream));
  }

  private Object removeGoneConsumers() {
    return removeConsumers("");
  }

  private Object removeConsumers(String leaving) {
    String idle = String.valueOf(lease.toMillis());
    return eval(StreamScripts.REMOVE_CONSUMERS, group, idle, leaving);
  }

  private <T> T inGroup(Supplier<T> command) {
    return guarded(
        () -> {
          try {
            return command.get();
          } catch (JedisDataException e) {
            if (!isMissingGroup(e)) {
              throw e;
            }
            createGroup();
            return command.get();
          }
        });
  }

  private static boolean isMissingGroup(JedisDataException e) {
    String message = String.valueOf(e.getMessage());
    // Inside a script the error's own name is not the first word; XINFO has another one.
    return message.contains("NOGROUP") || message.contains("no such key");
  }

  private void createGroup() {
    try {
      redis.xgroupCreate(bytes(stream), bytes(group), bytes(BEGINNING), true);
      log.info("{}: created the group {}", stream, group);
    } catch (JedisDataException e) {
      if (!String.valueOf(e.getMessage()).startsWith("BUSYGROUP")) {
        throw e;
      }
    }
  }

  private <T> T guarded(Supplier<T> command) {
    try {
      return command.get();
    } catch (JedisException e) {
      throw new StoreException("Redis stream " + stream + ": " + e.getMessage(), e);
    }
  }

  private Object eval(byte[] script, String... arguments) {
    List<byte[]> bytes = Arrays.stream(arguments).map(ConsumerGroup::bytes).toList();
    return Objects.requireNonNull(redis.eval(script, List.of(bytes(stream)), bytes));
  }

  private static String[] arguments(Collection<Delivery> deliveries, String... first) {
    List<String> arguments = new ArrayList<>(List.of(first));
    deliveries.forEach(delivery -> arguments.add(delivery.id()));
    return arguments.toArray(String[]::new);
  }

  private static String shortened(String error) {
    return error.length() <= MESSAGE_LENGTH ? error : error.substring(0, MESSAGE_LENGTH);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static String text(Object bytes) {
    return new String((byte[]) bytes, UTF_8);
  }
}
