package io.github.atprotobackfill.testkit.network;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The faults ordered at one host, and what they make of its answers. Thread-safe. */
final class FaultBook {

  private final long seed;
  private final InstantSource clock;
  private final AtomicLong orders = new AtomicLong();
  private final List<Order> book = new CopyOnWriteArrayList<>();

  FaultBook(long seed, InstantSource clock) {
    this.seed = seed;
    this.clock = clock;
  }

  /** An answer on its way. */
  record Exchange(HttpAnswer answer, Delivery delivery, boolean overLimit) {}

  void order(Fault fault) {
    book.add(new Order(fault, Mix.of(seed, orders.incrementAndGet()), clock));
  }

  void clear() {
    book.clear();
  }

  Exchange exchange(HttpRequest request, String method, Service service) {
    if (book.isEmpty()) {
      return new Exchange(service.reply(request), Delivery.WHOLE, false);
    }
    List<Order> striking = new ArrayList<>();
    for (Order order : book) {
      if (order.strikes(method)) {
        striking.add(order);
      }
    }
    return exchange(request, method, service, striking);
  }

  private static Exchange exchange(
      HttpRequest request, String method, Service service, List<Order> striking) {
    Map<String, String> headers = new LinkedHashMap<>();
    boolean overLimit = false;
    HttpAnswer answer = null;
    Delivery delivery = Delivery.WHOLE;
    for (Order order : striking) {
      if (order.window != null) {
        RateWindow.Verdict verdict = order.window.take();
        headers.putAll(verdict.headers());
        overLimit |= verdict.exceeded();
      }
      if (answer == null && order.fault.effect instanceof Effect.Refuse refuse) {
        answer = refuse.answer().apply(new XrpcCall(method, request));
      }
      if (order.fault.effect instanceof Effect.Deliver deliver) {
        delivery = deliver.change().apply(delivery);
      }
    }
    if (overLimit) {
      answer = HttpAnswer.error(429, "RateLimitExceeded", "Rate Limit Exceeded");
    } else if (answer == null) {
      answer = edited(request, service, striking);
    }
    return new Exchange(answer.withHeaders(headers), delivery, overLimit);
  }

  private static HttpAnswer edited(HttpRequest request, Service service, List<Order> striking) {
    HttpAnswer answer = service.reply(request);
    for (Order order : striking) {
      RepoExport repo = answer.export();
      if (repo != null && order.fault.effect instanceof Effect.Export export) {
        answer = answer.withExport(export.change().apply(repo));
      }
    }
    for (Order order : striking) {
      if (answer.status() == 200 && order.fault.effect instanceof Effect.Edit edit) {
        answer = edit.edit().apply(request, answer, service);
      }
    }
    return answer;
  }

  /** A fault at this host: how often it could have struck, and the window that it keeps. */
  private static final class Order {

    final Fault fault;
    final @Nullable RateWindow window;
    private final long seed;
    private final AtomicLong seen = new AtomicLong();

    Order(Fault fault, long seed, InstantSource clock) {
      this.fault = fault;
      this.seed = seed;
      this.window =
          fault.effect instanceof Effect.Limit limit
              ? new RateWindow(limit.requests(), limit.per(), clock)
              : null;
    }

    boolean strikes(String method) {
      if (!fault.methods.isEmpty() && !fault.methods.contains(method)) {
        return false;
      }
      long number = seen.getAndIncrement();
      return number >= fault.first
          && number - fault.first < fault.count
          && Mix.unit(Mix.of(seed, number)) < fault.probability;
    }
  }
}
