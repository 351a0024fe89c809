package io.github.atprotobackfill.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.repo.BlockCid;
import io.github.atprotobackfill.repo.DagCbor;
import io.github.atprotobackfill.sink.Proof;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.sink.RecordValue;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.RecordKey;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListedCidTest {

  private static final String TRUE = "{\"text\":\"b\",\"a\":1}";
  private static final Cid OF_TRUE =
      BlockCid.of(DagCbor.encodeJson("{\"a\":1,\"text\":\"b\"}".getBytes(UTF_8))).text();

  @Test
  void whatHashesToItsCidIsProven() {
    for (CidCheck check : List.of(CidCheck.MARK, CidCheck.REFUSE)) {
      FetchTurn.Page page = page(check, TRUE);
      assertThat(page.events())
          .singleElement()
          .extracting(event -> ((RecordPut) event).proof())
          .isEqualTo(Proof.HASHED);
      assertThat(page.rejected()).isEmpty();
      assertThat(page.unproven()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"text\":\"c\",\"a\":1}",
        "{\"text\":\"b\",\"a\":1.5}",
        "{\"text\":\"b\",\"a\":1e400}",
        "{\"text\":\"b\",\"a\":123456789012345678901234567890}",
        "{\"text\":\"b\",\"a\":{\"$link\":\"no\"}}",
        "{\"text\":\"b\",\"a\":1,\"a\":1}"
      })
  void whatDoesNotIsMarkedOrRefusedOrNotLookedAt(String json) {
    FetchTurn.Page marked = page(CidCheck.MARK, json);
    assertThat(marked.events())
        .singleElement()
        .extracting(event -> ((RecordPut) event).proof())
        .isEqualTo(Proof.NONE);
    assertNamed(marked.unproven());
    assertThat(marked.rejected()).isEmpty();

    FetchTurn.Page refused = page(CidCheck.REFUSE, json);
    assertThat(refused.events()).isEmpty();
    assertNamed(refused.rejected());
    assertThat(refused.unproven()).isEmpty();

    FetchTurn.Page off = page(CidCheck.OFF, json);
    assertThat(off.events())
        .singleElement()
        .extracting(event -> ((RecordPut) event).proof())
        .isEqualTo(Proof.NONE);
    assertThat(off.rejected()).isEmpty();
    assertThat(off.unproven()).isEmpty();
  }

  private static void assertNamed(List<Failure> failures) {
    assertThat(failures)
        .singleElement()
        .satisfies(
            failure -> {
              assertThat(failure.kind()).isEqualTo(ErrorKind.CID_MISMATCH);
              assertThat(failure.message())
                  .contains("pds.example.com", "at://" + RepoHostFixture.ALICE, "/k");
            });
  }

  private static FetchTurn.Page page(CidCheck check, String json) {
    PageInMaking made = new PageInMaking(RepoHostFixture.ALICE, RepoHostFixture.REV, null);
    new ListedCid(new ServiceUrl("https", "pds.example.com", -1), check)
        .put(
            new RecordPut(
                RepoHostFixture.ALICE,
                RepoHostFixture.NOTE,
                RecordKey.parse("k"),
                OF_TRUE,
                RepoHostFixture.REV,
                RecordValue.ofJson(json)),
            made);
    return made.page(() -> "");
  }
}
