package io.github.atprotobackfill.redis;

import io.github.atprotobackfill.progress.StoreException;
import io.github.atprotobackfill.xrpc.HostBalance;
import io.github.atprotobackfill.xrpc.HostBalance.Window;
import io.github.atprotobackfill.xrpc.HostPolicy;
import io.github.atprotobackfill.xrpc.SharedBudget;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * A text a host, which is read with the server's time, reckoned with, and replaced if it still
 * stands there; of several that draw at once one goes on at every turn. It expires when it could
 * say nothing any more.
 */
final class RedisSharedBudget implements SharedBudget {

  private static final String WHAT = "draw from the budget of a host";
  private static final String VERSION = "1";
  private static final int NUMBERS = 8;
  private static final long CENTURY_MILLIS = 100L * 365 * 24 * 3600 * 1000;

  private final RedisServer server;
  private final JobKeys keys;

  RedisSharedBudget(RedisServer server, JobKeys keys) {
    this.server = server;
    this.keys = keys;
  }

  @Override
  public Drawn draw(Draw wanted) {
    String key = keys.ofHost(wanted.host());
    Reply answer = server.ask(WHAT, Script.BUDGET, key, List.of());
    answer.next();
    while (true) {
      long now = answer.nextLong();
      String found = answer.nextOrNull();
      HostBalance balance = found == null ? HostBalance.FULL : parse(found, key);
      HostBalance.Spent spent = balance.draw(wanted, now);
      if (spent.balance().equals(balance)) {
        return spent.drawn();
      }
      List<String> replacement =
          List.of(
              found == null ? "" : found, text(spent.balance()), keep(wanted.policy(), spent, now));
      answer = server.ask(WHAT, Script.BUDGET, key, replacement);
      if (answer.nextLong() == 1) {
        return spent.drawn();
      }
    }
  }

  /** Until the bucket is full and every window is over, in milliseconds. */
  private static String keep(HostPolicy policy, HostBalance.Spent spent, long now) {
    double filling = policy.burst() / policy.requestsPerSecond() * 1000;
    long ahead = Math.max(0, spent.balance().emptyAt() - now) / 1000;
    double whole = ahead + filling + 2.0 * HostPolicy.MAX_PARK.toMillis();
    return Long.toString((long) Math.min(CENTURY_MILLIS, whole));
  }

  private static String text(HostBalance balance) {
    LongStream numbers =
        LongStream.concat(
            LongStream.of(balance.emptyAt(), balance.parkedUntil()),
            Stream.of(balance.exports(), balance.others())
                .flatMapToLong(
                    window ->
                        LongStream.of(window.left(), window.resetsAt(), window.parkedUntil())));
    return VERSION + numbers.mapToObj(number -> "," + number).collect(Collectors.joining());
  }

  private static HostBalance parse(String text, String key) {
    String[] parts = text.split(",", -1);
    if (!parts[0].equals(VERSION) || parts.length != NUMBERS + 1) {
      throw new StoreException("not the budget of a host, or one of a later version: " + key, null);
    }
    try {
      long[] numbers = Stream.of(parts).skip(1).mapToLong(Long::parseLong).toArray();
      return new HostBalance(numbers[0], numbers[1], window(numbers, 2), window(numbers, 5));
    } catch (NumberFormatException e) {
      throw new StoreException("not the budget of a host: " + key, e);
    }
  }

  private static Window window(long[] numbers, int from) {
    return new Window(numbers[from], numbers[from + 1], numbers[from + 2]);
  }
}
