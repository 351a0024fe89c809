package io.github.atprotobackfill;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.sink.HeldRecord;
import io.github.atprotobackfill.sink.HeldRecords;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import io.github.atprotobackfill.syntax.Tid;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HeldAheadTest {

  private static final Did DID = Did.parse("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa");
  private static final Nsid NOTES = Nsid.parse("com.example.note");
  private static final Nsid LIKES = Nsid.parse("com.example.like");

  private final Sink sink = new Sink();
  private final Sink patient = new Sink();
  private final Queue<Runnable> handedOver = new ArrayDeque<>();

  @Test
  void theNextPageIsAskedForWhileOneIsCompared() throws Exception {
    HeldRecords held = new HeldAhead(sink, patient, handedOver::add);

    assertThat(keys(held.page(DID, NOTES, null, 2))).containsExactly("k0", "k1");
    handedOver.remove().run();
    assertThat(sink.asked).containsExactly("com.example.note after k1");

    assertThat(keys(held.page(DID, NOTES, key("k1"), 2))).containsExactly("k2", "k3");
    assertThat(sink.asked).hasSize(1);
    assertThat(patient.asked).containsExactly("com.example.note after null");
  }

  @Test
  void aPageThatNobodyHasBegunWithIsAskedForByWhoNeedsIt() throws Exception {
    HeldRecords held = new HeldAhead(sink, patient, handedOver::add);

    held.page(DID, NOTES, null, 2);
    assertThat(keys(held.page(DID, NOTES, key("k1"), 2))).containsExactly("k2", "k3");
    handedOver.remove().run();

    assertThat(sink.asked).containsExactly("com.example.note after k1");
  }

  @Test
  void nothingIsAskedBehindTheLastPage() throws Exception {
    HeldRecords held = new HeldAhead(sink, patient, handedOver::add);

    assertThat(keys(held.page(DID, NOTES, key("k3"), 2))).containsExactly("k4");

    assertThat(handedOver).isEmpty();
  }

  @Test
  void anotherQuestionIsNotAnsweredByWhatWasAskedAhead() throws Exception {
    HeldRecords held = new HeldAhead(sink, patient, Runnable::run);

    held.page(DID, NOTES, null, 2);
    held.page(DID, LIKES, null, 2);

    assertThat(patient.asked)
        .containsExactly("com.example.note after null", "com.example.like after null");
  }

  @Test
  void whatFailedAheadIsAskedAgainWithPatience() throws Exception {
    sink.away = true;
    HeldRecords held = new HeldAhead(sink, patient, Runnable::run);

    held.page(DID, NOTES, null, 2);
    assertThat(keys(held.page(DID, NOTES, key("k1"), 2))).containsExactly("k2", "k3");

    assertThat(patient.asked)
        .containsExactly("com.example.note after null", "com.example.note after k1");
  }

  @Test
  void whereNothingMoreIsTakenOverEachPageIsAskedForInItsTime() throws Exception {
    Executor closed =
        task -> {
          throw new RejectedExecutionException();
        };
    HeldRecords held = new HeldAhead(sink, patient, closed);

    held.page(DID, NOTES, null, 2);
    assertThat(keys(held.page(DID, NOTES, key("k1"), 2))).containsExactly("k2", "k3");
    assertThat(sink.asked).isEmpty();
  }

  private static RecordKey key(String text) {
    return RecordKey.parse(text);
  }

  private static List<String> keys(List<HeldRecord> page) {
    return page.stream().map(record -> record.rkey().value()).toList();
  }

  /** Holds five records of every collection, and remembers what it was asked. */
  private static final class Sink implements HeldRecords {

    final List<String> asked = new ArrayList<>();
    boolean away;

    @Override
    public Set<Did> holding(Collection<Did> repos) {
      return Set.copyOf(repos);
    }

    @Override
    public NavigableSet<Nsid> collections(Did did) {
      return new TreeSet<>(Set.of(NOTES, LIKES));
    }

    @Override
    public List<HeldRecord> page(Did did, Nsid collection, @Nullable RecordKey after, int most)
        throws IOException {
      asked.add(collection + " after " + after);
      if (away) {
        throw new IOException("away");
      }
      List<HeldRecord> page = new ArrayList<>();
      for (int i = 0; i < 5 && page.size() < most; i++) {
        if (after == null || after.value().compareTo("k" + i) < 0) {
          page.add(
              new HeldRecord(key("k" + i), Cid.parse("bafyreiabc"), Tid.parse("3jzfcijpj2z2a")));
        }
      }
      return page;
    }
  }
}
