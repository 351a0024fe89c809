package io.github.atprotobackfill.xrpc;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the exceptions of a listener away from the exchange: the first is logged, none thrown. */
final class GuardedListener implements XrpcListener {

  private static final Logger LOG = LoggerFactory.getLogger(XrpcListener.class);

  private final XrpcListener listener;
  private final AtomicBoolean logged = new AtomicBoolean();

  GuardedListener(XrpcListener listener) {
    this.listener = listener;
  }

  @Override
  public void exchange(ServiceUrl service, int status, long bytes, Duration took) {
    try {
      listener.exchange(service, status, bytes, took);
    } catch (RuntimeException broken) {
      if (logged.compareAndSet(false, true)) {
        LOG.warn("{} fails; logged this once", listener, broken);
      }
    }
  }
}
