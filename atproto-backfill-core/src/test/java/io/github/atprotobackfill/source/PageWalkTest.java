package io.github.atprotobackfill.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.xrpc.XrpcException;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PageWalkTest {

  private static final RepoRef ALICE = RepoRef.of(Did.parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz"));

  @Property
  void seesEveryLoopSoonEnough(
      @ForAll @IntRange(max = 300) int lead, @ForAll @IntRange(min = 1, max = 300) int loop) {
    PageWalk walk = new PageWalk("host@https://pds.example.com", null);
    int most = 3 * (lead + loop);
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < most; i++) {
                int page = i < lead ? i : lead + (i - lead) % loop;
                walk.passed(page("c" + page));
              }
            })
        .isInstanceOf(XrpcException.class)
        .hasMessageStartingWith("host@https://pds.example.com: ")
        .hasMessageContaining("goes in circles")
        .satisfies(
            e -> assertThat(((XrpcException) e).kind()).isEqualTo(ErrorKind.INVALID_RESPONSE));
  }

  @Test
  void letsALongWalkEnd() {
    PageWalk walk = new PageWalk("source", "c0");
    assertThatCode(
            () -> {
              for (int i = 1; i < 100_000; i++) {
                walk.passed(page("c" + i));
              }
              walk.passed(page(null));
            })
        .doesNotThrowAnyException();
  }

  @Test
  void seesThatAResumedWalkIsBackWhereItBegan() {
    PageWalk walk = new PageWalk("source", "here");
    assertThatThrownBy(() -> walk.passed(page("here"))).hasMessageContaining("\"here\"");
  }

  @Test
  void letsTenEmptyPagesInARowPass() {
    PageWalk walk = new PageWalk("source", null);
    for (int i = 0; i < PageWalk.MAX_EMPTY_PAGES; i++) {
      walk.passed(RepoPage.of(List.of(), "a" + i));
    }
    walk.passed(page("full"));
    for (int i = 0; i < PageWalk.MAX_EMPTY_PAGES; i++) {
      walk.passed(RepoPage.of(List.of(), "b" + i));
    }
    assertThatCode(() -> walk.passed(RepoPage.of(List.of(), null))).doesNotThrowAnyException();
    assertThatThrownBy(() -> walk.passed(RepoPage.of(List.of(), "eleventh")))
        .isInstanceOf(XrpcException.class)
        .hasMessageContaining("11 pages in a row were empty");
  }

  private static RepoPage page(@Nullable String cursor) {
    return RepoPage.of(List.of(ALICE), cursor);
  }
}
