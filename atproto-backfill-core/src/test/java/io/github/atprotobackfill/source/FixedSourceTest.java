package io.github.atprotobackfill.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.atprotobackfill.syntax.Did;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FixedSourceTest {

  @Test
  void givesAllInPagesOfAThousand() throws InterruptedException {
    List<Did> dids = dids(2_500);
    RepoSource source = RepoSources.fixed(dids);
    List<Integer> sizes = new ArrayList<>();
    List<Did> given = new ArrayList<>();
    String cursor = null;
    do {
      RepoPage page = source.page(cursor);
      sizes.add(page.repos().size());
      page.repos().forEach(repo -> given.add(repo.did()));
      cursor = page.cursor();
    } while (cursor != null && sizes.size() < 10);
    assertThat(sizes).containsExactly(1_000, 1_000, 500);
    assertThat(given).isEqualTo(dids);
  }

  @Test
  void endsWithTheLastFullPage() throws InterruptedException {
    RepoPage page = RepoSources.fixed(dids(1_000)).page(null);
    assertThat(page.repos()).hasSize(1_000);
    assertThat(page.cursor()).isNull();
  }

  @Test
  void isNamedByItsList() {
    String id = RepoSources.fixed(dids(3)).id();
    assertThat(id).isEqualTo(RepoSources.fixed(dids(3)).id()).startsWith("dids:").hasSize(69);
    assertThat(RepoSources.fixed(dids(4)).id()).isNotEqualTo(id);
    assertThat(RepoSources.fixed(List.of(dids(2).get(1), dids(2).get(0))).id())
        .isNotEqualTo(RepoSources.fixed(dids(2)).id());
  }

  @Test
  void refusesACursorThatIsNone() {
    RepoSource source = RepoSources.fixed(dids(3));
    for (String bad : List.of("", "x", "-1", "4", "99999999999")) {
      assertThatThrownBy(() -> source.page(bad))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("\"" + bad + "\"");
    }
  }

  private static List<Did> dids(int count) {
    return IntStream.range(0, count).mapToObj(i -> Did.parse("did:web:" + i + ".example")).toList();
  }
}
