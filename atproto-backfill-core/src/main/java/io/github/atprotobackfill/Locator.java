package io.github.atprotobackfill;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.identity.DidDocument;
import io.github.atprotobackfill.identity.DidResolutionException;
import io.github.atprotobackfill.identity.DidResolver;
import io.github.atprotobackfill.identity.SigningKey;
import io.github.atprotobackfill.progress.HeldRepo;
import io.github.atprotobackfill.progress.Lease;
import io.github.atprotobackfill.repo.RepoKey;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds the host of a repo, asking the directory only where nobody who may be believed has told,
 * and notices when the directory itself is away. Thread-safe.
 */
final class Locator {

  /**
   * What a host was verified to be is believed as long as a resolved document is (protocol 3.6).
   */
  private static final Duration HELD_HOST_GOOD_FOR = Duration.ofHours(24);

  private static final Duration THROTTLED_FOR = Duration.ofSeconds(2);

  private static final String IN_DIRECTORY = "did:plc:";

  private final DidResolver resolver;
  private final boolean confirmHosts;
  private final InstantSource clock;
  private final LongSupplier ticker;
  private final ReentrantLock lock = new ReentrantLock();
  private final HostBreaker directory;
  private long throttledUntil;

  Locator(Settings settings, InstantSource clock, LongSupplier ticker) {
    this.resolver = settings.resolver();
    this.confirmHosts = settings.confirmHosts();
    this.clock = clock;
    this.ticker = ticker;
    this.directory = new HostBreaker(settings.hostPatience());
    this.throttledUntil = ticker.getAsLong();
  }

  /**
   * The host of a leased repo.
   *
   * @throws DidResolutionException when its DID leads to none
   */
  ServiceUrl locate(Lease lease, @Nullable HeldRepo held) throws InterruptedException {
    ServiceUrl listedAt = lease.pds();
    if (listedAt != null && !confirmHosts) {
      return listedAt;
    }
    if (held != null && isFresh(held) && (listedAt == null || listedAt.equals(held.pds()))) {
      return held.pds();
    }
    return resolve(lease.did());
  }

  private boolean isFresh(HeldRepo held) {
    // By whatever clock it was noted; one that is far ahead is believed no longer than others.
    Duration age = Duration.between(held.verifiedAt(), clock.instant()).abs();
    return held.status().equals(HeldRepo.ACTIVE) && age.compareTo(HELD_HOST_GOOD_FOR) < 0;
  }

  /** The host that the DID document names now. */
  ServiceUrl resolveAfresh(Did did) throws InterruptedException {
    resolver.invalidate(did);
    return resolve(did);
  }

  private ServiceUrl resolve(Did did) throws InterruptedException {
    return document(did)
        .pds()
        .orElseThrow(
            () ->
                new DidResolutionException(
                    ErrorKind.NO_PDS, did + ": its DID document names no usable PDS", null));
  }

  /**
   * The key that signs the repo's commits.
   *
   * @param afresh whether what is cached may be out of date
   */
  RepoKey key(Did did, boolean afresh) throws InterruptedException {
    if (afresh) {
      resolver.invalidate(did);
    }
    return document(did)
        .signingKey()
        .flatMap(SigningKey::repoKey)
        .orElseThrow(
            () ->
                new DidResolutionException(
                    ErrorKind.DID_DOCUMENT_INVALID,
                    did + ": its DID document names no usable signing key",
                    null));
  }

  private DidDocument document(Did did) throws InterruptedException {
    try {
      DidDocument document = resolver.resolve(did);
      directoryAnswered(did);
      return document;
    } catch (DidResolutionException e) {
      if (!concernsDirectory(did, e.kind())) {
        directoryAnswered(did);
      }
      throw e;
    }
  }

  /** Whether a failure says something of the directory rather than of this DID. */
  boolean concernsDirectory(Did did, ErrorKind kind) {
    return did.value().startsWith(IN_DIRECTORY)
        && switch (kind) {
          case DNS, CONNECT, TIMEOUT, TLS, TOO_SLOW, SERVER_ERROR, RATE_LIMITED -> true;
          default -> false;
        };
  }

  private void directoryAnswered(Did did) {
    if (!did.value().startsWith(IN_DIRECTORY)) {
      return;
    }
    lock.lock();
    try {
      directory.answered();
    } finally {
      lock.unlock();
    }
  }

  /** Notes that the directory did not answer, or asked us to wait; true once it is given up. */
  boolean directoryFailed(Failure failure) {
    lock.lock();
    try {
      long now = ticker.getAsLong();
      if (failure.kind() == ErrorKind.RATE_LIMITED) {
        throttledUntil = now + THROTTLED_FOR.toNanos();
        return false;
      }
      // Of the look-ups that were under way together, one is the probe.
      if (directory.waitNanos(now) == 0) {
        directory.turnBegins();
        directory.failed(failure, now);
      }
      return directory.givenUp(now).isPresent();
    } finally {
      lock.unlock();
    }
  }

  /** How long to leave the directory alone; zero when it may be asked. */
  Duration directoryWait() {
    lock.lock();
    try {
      long now = ticker.getAsLong();
      return Duration.ofNanos(Math.max(directory.waitNanos(now), throttledUntil - now));
    } finally {
      lock.unlock();
    }
  }
}
