package io.github.atprotobackfill.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Handle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which answer counts, and when a handle is believed. */
class StandardHandleResolverTest {

  private static final Did DID = Did.parse("did:plc:dymdrt6um4ykyt2ykj6yjpfo");
  private static final Did OTHER = Did.parse("did:plc:somebodyelsesomebodyelse");
  private static final Handle ALICE = Handle.parse("alice.example.com");

  private static final HandleLookup NOTHING = handle -> Optional.empty();
  private static final HandleLookup HERE = handle -> Optional.of(DID);
  private static final HandleLookup ELSEWHERE = handle -> Optional.of(OTHER);

  private final Directory directory = new Directory(ALICE);

  @Test
  void theFirstAnswerCounts() throws InterruptedException {
    assertThat(resolver(NOTHING, HERE, ELSEWHERE).resolve(ALICE)).isEqualTo(DID);
  }

  @Test
  void aPlaceThatCannotBeReachedIsPassedOver() throws InterruptedException {
    assertThat(resolver(failing(ErrorKind.DNS), HERE).resolve(ALICE)).isEqualTo(DID);
  }

  @Test
  void whenNobodyAnswersAndSomeCouldNotBeReachedThatIsTheReason() {
    assertFails(
        () -> resolver(failing(ErrorKind.TIMEOUT), NOTHING).resolve(ALICE), ErrorKind.TIMEOUT);
  }

  @Test
  void whenNobodyKnowsTheHandleItIsNotFound() {
    assertFails(() -> resolver(NOTHING, NOTHING).resolve(ALICE), ErrorKind.DID_NOT_FOUND);
  }

  @Test
  void aContradictionEndsTheSearch() {
    assertFails(
        () -> resolver(failing(ErrorKind.DID_NOT_FOUND), HERE).resolve(ALICE),
        ErrorKind.DID_NOT_FOUND);
  }

  @Test
  void theDocumentMustClaimTheHandle() {
    Handle bob = Handle.parse("bob.example.com");

    assertFails(() -> resolver(HERE).resolve(bob), ErrorKind.DID_NOT_FOUND);
  }

  @Test
  void aCachedDocumentIsNotTheLastWord() throws InterruptedException {
    Handle renamed = Handle.parse("renamed.example.com");
    directory.afterInvalidation = renamed;

    assertThat(resolver(HERE).resolve(renamed)).isEqualTo(DID);
    assertThat(directory.invalidated).containsExactly(DID);
  }

  @Test
  void aDidWithoutDocumentIsNoAnswer() {
    assertFails(() -> resolver(ELSEWHERE).resolve(ALICE), ErrorKind.DID_TOMBSTONED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.test", "a.local", "a.onion", "a.b.internal", "a.example", "a.arpa"})
  void reservedDomainsAreNotAsked(String handle) {
    assertFails(() -> resolver(HERE).resolve(Handle.parse(handle)), ErrorKind.DID_UNSUPPORTED);
  }

  @Test
  void testDomainsAreAskedWherePrivateHostsAre() throws InterruptedException {
    Handle test = Handle.parse("a.test");
    HandleResolver dev = new StandardHandleResolver(List.of(HERE), new Directory(test), true);

    assertThat(dev.resolve(test)).isEqualTo(DID);
    assertFails(() -> dev.resolve(Handle.parse("a.local")), ErrorKind.DID_UNSUPPORTED);
  }

  private HandleResolver resolver(HandleLookup... lookups) {
    return new StandardHandleResolver(List.of(lookups), directory, false);
  }

  private static HandleLookup failing(ErrorKind kind) {
    return handle -> {
      throw new DidResolutionException(kind, handle + ": made to fail", null);
    };
  }

  private static void assertFails(ThrowingCallable call, ErrorKind kind) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            DidResolutionException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }

  /** Knows one account, and remembers what it was told to forget. */
  private static final class Directory implements DidResolver {

    private final List<Did> invalidated = new ArrayList<>();
    private Handle claimed;
    private Handle afterInvalidation;

    Directory(Handle claimed) {
      this.claimed = claimed;
      this.afterInvalidation = claimed;
    }

    @Override
    public DidDocument resolve(Did did) {
      if (!did.equals(DID)) {
        throw new DidResolutionException(ErrorKind.DID_TOMBSTONED, did + ": gone", null);
      }
      return new DidDocument(did, Optional.empty(), Optional.of(claimed), Optional.empty());
    }

    @Override
    public void invalidate(Did did) {
      invalidated.add(did);
      claimed = afterInvalidation;
    }
  }
}
