package io.github.atprotobackfill.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Handle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RepoNamesTest {

  private static final Did ALICE = Did.parse("did:plc:aliceaaaaaaaaaaaaaaaaaaa");
  private static final Did BOB = Did.parse("did:plc:bobbbbbbbbbbbbbbbbbbbbbb");
  private static final Map<String, Did> KNOWN = Map.of("alice.example.com", ALICE);

  private final List<Handle> asked = new ArrayList<>();
  private final RepoNames names =
      new RepoNames(
          handle -> {
            asked.add(handle);
            if (!KNOWN.containsKey(handle.value())) {
              throw new DidResolutionException(
                  ErrorKind.DID_NOT_FOUND, handle + ": no DID is published for it", null);
            }
            return KNOWN.get(handle.value());
          });

  @Test
  void namesAreResolvedInOrderOnceAndWithoutBlanks() throws InterruptedException {
    assertThat(
            names.resolve(
                List.of(
                    "",
                    BOB.value(),
                    " alice.example.com\n",
                    "  ",
                    ALICE.value(),
                    BOB.value(),
                    "alice.example.com")))
        .containsExactly(BOB, ALICE);
    assertThat(asked).hasSize(1);
  }

  @Test
  void didsAreTakenWithoutAsking() throws InterruptedException {
    assertThat(names.resolve(List.of(BOB.value()))).containsExactly(BOB);
    assertThat(asked).isEmpty();
  }

  @Test
  void everyBadEntryIsNamedAtOnce() {
    assertThatThrownBy(
            () ->
                names.resolve(
                    List.of(
                        "did:plc:",
                        "alice.example.com",
                        "@alice",
                        "nobody.example.com",
                        BOB.value(),
                        "https://bsky.app/profile/alice.example.com",
                        "did:plc:")))
        .isInstanceOfSatisfying(
            BadRepoNamesException.class,
            e -> {
              assertThat(e.bad())
                  .containsOnlyKeys(
                      "did:plc:",
                      "@alice",
                      "nobody.example.com",
                      "https://bsky.app/profile/alice.example.com");
              assertThat(e.bad().keySet()).startsWith("did:plc:");
              assertThat(e.bad().get("nobody.example.com")).contains("no DID is published");
              assertThat(e.kind()).isEqualTo(ErrorKind.REFUSED);
            })
        .hasMessageContaining("4 of 6")
        .hasMessageContaining("@alice")
        .hasMessageContaining("nobody.example.com");
  }

  @Test
  void aBlankListIsRefused() {
    for (List<String> blank : List.of(List.<String>of(), List.of("", "  ", "\n"))) {
      assertThatThrownBy(() -> names.resolve(blank))
          .isInstanceOfSatisfying(BadRepoNamesException.class, e -> assertThat(e.bad()).isEmpty())
          .hasMessageContaining("blank");
    }
  }
}
