package io.github.atprotobackfill.identity;

import static io.github.atprotobackfill.identity.CachingDidResolver.DEFAULT_ABSENT;
import static io.github.atprotobackfill.identity.CachingDidResolver.DEFAULT_FRESH;
import static io.github.atprotobackfill.identity.CachingDidResolver.DEFAULT_RECHECK;
import static io.github.atprotobackfill.identity.CachingDidResolver.DEFAULT_STALE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Handle;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is remembered, and for how long, by a clock that the test turns. */
class CachingDidResolverTest {

  private static final Did DID = Did.parse("did:plc:dymdrt6um4ykyt2ykj6yjpfo");
  private static final DidDocument DOCUMENT = documentOf("alice.example.com");
  private static final DidDocument NEWER = documentOf("renamed.example.com");

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000);
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicReference<DidResolver> directory = new AtomicReference<>(did -> DOCUMENT);
  private final DidResolver origin =
      did -> {
        asked.incrementAndGet();
        return directory.get().resolve(did);
      };
  private DidResolver cache = CachingDidResolver.builder(origin).ticker(now::get).build();

  @Test
  void aDocumentIsAskedForOnceADay() throws InterruptedException {
    assertThat(cache.resolve(DID)).isEqualTo(DOCUMENT);
    pass(DEFAULT_FRESH.minusNanos(1));
    assertThat(cache.resolve(DID)).isEqualTo(DOCUMENT);
    assertThat(asked).hasValue(1);

    directory.set(did -> NEWER);
    pass(Duration.ofNanos(1));
    assertThat(cache.resolve(DID)).isEqualTo(NEWER);
    assertThat(asked).hasValue(2);
  }

  @ParameterizedTest
  @EnumSource(
      names = {"DID_NOT_FOUND", "DID_TOMBSTONED", "DID_UNSUPPORTED", "DID_DOCUMENT_INVALID"})
  void thatThereIsNoDocumentIsBelievedForMinutes(ErrorKind kind) throws InterruptedException {
    directory.set(failing(kind));
    assertFails(kind);
    pass(DEFAULT_ABSENT.minusNanos(1));
    assertFails(kind);
    assertThat(asked).hasValue(1);

    directory.set(did -> DOCUMENT);
    pass(Duration.ofNanos(1));
    assertThat(cache.resolve(DID)).isEqualTo(DOCUMENT);
  }

  @ParameterizedTest
  @EnumSource(names = {"DNS", "CONNECT", "TIMEOUT", "SERVER_ERROR", "RATE_LIMITED", "INTERNAL"})
  void thatNobodyWasReachedIsNotRemembered(ErrorKind kind) throws InterruptedException {
    directory.set(failing(kind));
    assertFails(kind);

    directory.set(did -> DOCUMENT);
    assertThat(cache.resolve(DID)).isEqualTo(DOCUMENT);
  }

  @Test
  void thatNobodyWasReachedCanBeRemembered() {
    cache =
        CachingDidResolver.builder(origin)
            .unreachable(Duration.ofMinutes(2))
            .ticker(now::get)
            .build();
    directory.set(failing(ErrorKind.CONNECT));
    assertFails(ErrorKind.CONNECT);
    pass(Duration.ofMinutes(2).minusNanos(1));
    assertFails(ErrorKind.CONNECT);
    assertThat(asked).hasValue(1);

    pass(Duration.ofNanos(1));
    assertFails(ErrorKind.CONNECT);
    assertThat(asked).hasValue(2);
  }

  @Test
  void aFailureIsToldAnewToEachWhoAsks() {
    directory.set(failing(ErrorKind.DID_NOT_FOUND));
    Throwable first = failure();
    Throwable second = failure();

    assertThat(second).isNotSameAs(first).hasMessage(first.getMessage());
  }

  @ParameterizedTest
  @EnumSource(names = {"DNS", "TIMEOUT", "SERVER_ERROR", "RATE_LIMITED"})
  void anExpiredDocumentIsAnsweredWhileNobodyCanBeReached(ErrorKind kind)
      throws InterruptedException {
    cache.resolve(DID);
    directory.set(failing(kind));
    pass(DEFAULT_FRESH);
    assertThat(cache.resolve(DID)).isEqualTo(DOCUMENT);

    directory.set(did -> NEWER);
    pass(DEFAULT_RECHECK);
    assertThat(cache.resolve(DID)).isEqualTo(NEWER);
    assertThat(asked).hasValue(3);
  }

  @Test
  void whileNobodyCanBeReachedNobodyIsAskedForEveryCall() throws InterruptedException {
    cache.resolve(DID);
    directory.set(failing(ErrorKind.CONNECT));
    pass(DEFAULT_FRESH);
    cache.resolve(DID);
    pass(DEFAULT_RECHECK.minusNanos(1));
    cache.resolve(DID);

    assertThat(asked).hasValue(2);
  }

  @Test
  void anExpiredDocumentIsNotAnsweredForEver() throws InterruptedException {
    cache.resolve(DID);
    directory.set(failing(ErrorKind.CONNECT));
    pass(DEFAULT_FRESH.plus(DEFAULT_STALE).minusNanos(1));
    assertThat(cache.resolve(DID)).isEqualTo(DOCUMENT);

    pass(Duration.ofNanos(1));
    assertFails(ErrorKind.CONNECT);
  }

  @Test
  void thatADidIsGoneReplacesItsExpiredDocument() throws InterruptedException {
    cache.resolve(DID);
    directory.set(failing(ErrorKind.DID_TOMBSTONED));
    pass(DEFAULT_FRESH);
    assertFails(ErrorKind.DID_TOMBSTONED);

    directory.set(failing(ErrorKind.CONNECT));
    pass(DEFAULT_ABSENT);
    assertFails(ErrorKind.CONNECT);
  }

  @Test
  void thatADidIsGoneIsNotForgottenForWantOfTime() throws InterruptedException {
    cache = CachingDidResolver.builder(origin).absent(Duration.ZERO).ticker(now::get).build();
    cache.resolve(DID);
    pass(DEFAULT_FRESH);
    directory.set(failing(ErrorKind.DID_TOMBSTONED));
    assertFails(ErrorKind.DID_TOMBSTONED);

    directory.set(failing(ErrorKind.CONNECT));
    assertFails(ErrorKind.CONNECT);
  }

  @Test
  void anInvalidatedDidIsAskedForAnew() throws InterruptedException {
    cache.resolve(DID);
    directory.set(did -> NEWER);
    cache.invalidate(DID);
    assertThat(cache.resolve(DID)).isEqualTo(NEWER);

    directory.set(failing(ErrorKind.CONNECT));
    cache.invalidate(DID);
    assertFails(ErrorKind.CONNECT);
  }

  @Test
  void timesCanBeChosen() throws InterruptedException {
    DidResolver impatient =
        CachingDidResolver.builder(origin)
            .fresh(Duration.ofSeconds(10))
            .stale(Duration.ZERO)
            .absent(Duration.ofSeconds(1))
            .ticker(now::get)
            .build();
    impatient.resolve(DID);
    directory.set(failing(ErrorKind.CONNECT));
    pass(Duration.ofSeconds(10));

    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> impatient.resolve(DID)).isInstanceOf(DidResolutionException.class);
    }
    assertThat(asked).hasValue(3);
    assertThatThrownBy(() -> CachingDidResolver.builder(origin).fresh(Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void noMoreIsRememberedThanAllowed() throws InterruptedException {
    DidResolver small = CachingDidResolver.builder(origin).maxEntries(10).build();
    for (int i = 0; i < 1_000; i++) {
      small.resolve(Did.parse("did:plc:" + i));
    }
    asked.set(0);
    for (int i = 0; i < 1_000; i++) {
      small.resolve(Did.parse("did:plc:" + i));
    }
    assertThat(asked).hasValueGreaterThanOrEqualTo(990);
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  private void assertFails(ErrorKind kind) {
    assertThat(failure())
        .isInstanceOfSatisfying(
            DidResolutionException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }

  private Throwable failure() {
    return catchThrowable(() -> cache.resolve(DID));
  }

  private static DidResolver failing(ErrorKind kind) {
    return did -> {
      throw new DidResolutionException(kind, did + ": made to fail", null);
    };
  }

  private static DidDocument documentOf(String handle) {
    return new DidDocument(
        DID, Optional.empty(), Optional.of(Handle.parse(handle)), Optional.empty());
  }
}
