package io.github.atprotobackfill.xrpc;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.Security;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Looks host names up without holding the caller for as long as a dead name server likes.
 *
 * <p>The JVM's look-up knows no deadline, so it is made on another thread, except when the name was
 * looked up so lately that the JVM still has it in its cache. The addresses themselves are not kept
 * here: a name must be checked by what it means now.
 */
final class NameLookup {

  private static final String JVM_CACHE_SECONDS = "networkaddress.cache.ttl";
  private static final int DEFAULT_JVM_CACHE_SECONDS = 30;
  private static final int MOST_NAMES = 10_000;

  private final HostResolver resolver;
  private final Executor executor;
  private final Cache<String, Boolean> cachedByJvm;

  NameLookup(HostResolver resolver, Executor executor) {
    this.resolver = resolver;
    this.executor = executor;
    this.cachedByJvm =
        Caffeine.newBuilder()
            .expireAfterWrite(Duration.ofSeconds(jvmCacheSeconds() * 2L / 3))
            .maximumSize(MOST_NAMES)
            .build();
  }

  /** The addresses of {@code host}, if they can be had in time. */
  InetAddress[] within(String host, Duration limit)
      throws UnknownHostException, TimeoutException, InterruptedException {
    if (cachedByJvm.getIfPresent(host) != null) {
      return resolver.resolve(host);
    }
    InetAddress[] addresses = elsewhere(host, limit);
    cachedByJvm.put(host, true);
    return addresses;
  }

  private InetAddress[] elsewhere(String host, Duration limit)
      throws UnknownHostException, TimeoutException, InterruptedException {
    FutureTask<InetAddress[]> lookup = new FutureTask<>(() -> resolver.resolve(host));
    executor.execute(lookup);
    try {
      return lookup.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof UnknownHostException unknown) {
        throw unknown;
      }
      throw new IllegalStateException("the resolver failed for " + host, failed.getCause());
    }
  }

  private static int jvmCacheSeconds() {
    String configured = Security.getProperty(JVM_CACHE_SECONDS);
    try {
      int seconds = configured == null ? -1 : Integer.parseInt(configured.strip());
      return seconds < 0 ? DEFAULT_JVM_CACHE_SECONDS : seconds;
    } catch (NumberFormatException malformed) {
      return DEFAULT_JVM_CACHE_SECONDS;
    }
  }
}
