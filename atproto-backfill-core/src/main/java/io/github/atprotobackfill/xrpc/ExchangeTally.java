package io.github.atprotobackfill.xrpc;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** Adds up exchanges on their way to the listener. */
final class ExchangeTally implements XrpcListener {

  private final XrpcListener next;
  private final LongAdder requests = new LongAdder();
  private final LongAdder bytes = new LongAdder();

  ExchangeTally(XrpcListener next) {
    this.next = next;
  }

  @Override
  public void exchange(ServiceUrl service, int status, long received, Duration took) {
    requests.increment();
    bytes.add(received);
    next.exchange(service, status, received, took);
  }

  XrpcTotals totals() {
    return new XrpcTotals(requests.sum(), bytes.sum());
  }
}
