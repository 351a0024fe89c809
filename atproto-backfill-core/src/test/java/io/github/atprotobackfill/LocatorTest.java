package io.github.atprotobackfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.atprotobackfill.failure.BackfillException;
import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.fetch.ListRecordsFetcher;
import io.github.atprotobackfill.identity.DidDocument;
import io.github.atprotobackfill.identity.DidResolutionException;
import io.github.atprotobackfill.progress.HeldRepo;
import io.github.atprotobackfill.progress.InMemoryStores;
import io.github.atprotobackfill.progress.Lease;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcClient;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LocatorTest {

  private static final Did DID = Did.parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
  private static final ServiceUrl LISTED = ServiceUrl.parse("https://listed.example.com");
  private static final ServiceUrl TRUE_HOST = ServiceUrl.parse("https://true.example.com");
  private static final Failure DOWN = new Failure(ErrorKind.CONNECT, "refused");
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private final Map<Did, Optional<ServiceUrl>> directory = new HashMap<>();
  private final XrpcClient client = XrpcClient.create();
  private int asked;
  private long ticks;

  @AfterEach
  void close() {
    client.close();
  }

  @Test
  void whatAHostListsAsItsOwnIsConfirmedByTheDirectory() throws Exception {
    directory.put(DID, Optional.of(TRUE_HOST));
    assertThat(locator(true).locate(lease(LISTED), null)).isEqualTo(TRUE_HOST);
  }

  @Test
  void aTrustedHostIsBelievedWithoutALookUp() throws Exception {
    assertThat(locator(false).locate(lease(LISTED), null)).isEqualTo(LISTED);
    assertThat(asked).isZero();
  }

  @Test
  void whereARepoWasReadLatelyIsBelievedForADay() throws Exception {
    directory.put(DID, Optional.of(TRUE_HOST));
    HeldRepo lately = held(NOW.minus(Duration.ofHours(23)));
    HeldRepo longAgo = held(NOW.minus(Duration.ofHours(25)));

    assertThat(locator(true).locate(lease(null), lately)).isEqualTo(LISTED);
    assertThat(asked).isZero();
    assertThat(locator(true).locate(lease(null), longAgo)).isEqualTo(TRUE_HOST);
  }

  @Test
  void aDocumentWithoutAHostIsSaidSo() {
    directory.put(DID, Optional.empty());
    assertThatThrownBy(() -> locator(true).locate(lease(null), null))
        .isInstanceOf(DidResolutionException.class)
        .extracting(e -> ((BackfillException) e).kind())
        .isEqualTo(ErrorKind.NO_PDS);
  }

  @Test
  void aDirectoryThatFailsManyLookUpsAtOnceIsLeftAloneForASecondOnly() {
    Locator locator = locator(true);
    for (int i = 0; i < 50; i++) {
      assertThat(locator.directoryFailed(DOWN)).isFalse();
    }
    assertThat(locator.directoryWait()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void aDirectoryThatStaysAwayIsGivenUp() {
    Locator locator = locator(true);
    boolean givenUp = false;
    for (int i = 0; i < 20 && !givenUp; i++) {
      givenUp = locator.directoryFailed(DOWN);
      ticks += locator.directoryWait().toNanos();
    }
    assertThat(givenUp).isTrue();
    assertThat(Duration.ofNanos(ticks)).isGreaterThanOrEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void aDirectoryThatLimitsUsIsNeverGivenUp() {
    Locator locator = locator(true);
    Failure limited = new Failure(ErrorKind.RATE_LIMITED, "slow down");
    for (int i = 0; i < 100; i++) {
      assertThat(locator.directoryFailed(limited)).isFalse();
      assertThat(locator.directoryWait()).isPositive();
      ticks += locator.directoryWait().toNanos();
    }
  }

  @Test
  void aDidOfAnotherMethodSaysNothingOfTheDirectory() {
    Did web = Did.parse("did:web:example.com");
    assertThat(locator(true).concernsDirectory(web, ErrorKind.CONNECT)).isFalse();
    assertThat(locator(true).concernsDirectory(DID, ErrorKind.CONNECT)).isTrue();
    assertThat(locator(true).concernsDirectory(DID, ErrorKind.DID_NOT_FOUND)).isFalse();
  }

  private Locator locator(boolean confirmHosts) {
    Settings settings =
        new Settings(
            batch -> {},
            new InMemoryStores(),
            client,
            did -> {
              asked++;
              return new DidDocument(
                  did,
                  directory.getOrDefault(did, Optional.empty()),
                  Optional.empty(),
                  Optional.empty());
            },
            new ListRecordsFetcher(client),
            BackfillListener.NONE,
            () -> NOW,
            1,
            1,
            1,
            confirmHosts,
            true,
            1,
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(10),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofDays(1));
    return new Locator(settings, () -> NOW, () -> ticks);
  }

  private static HeldRepo held(Instant verifiedAt) {
    return new HeldRepo(DID, LISTED, null, Set.of(), HeldRepo.ACTIVE, verifiedAt);
  }

  private static Lease lease(@org.jspecify.annotations.Nullable ServiceUrl pds) {
    return new Lease(new UUID(0, 1), DID, 1, Duration.ofSeconds(1), pds, null, 0, null);
  }
}
