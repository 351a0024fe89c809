package io.github.atprotobackfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HeldAheadTest {

  private static final Did DID = Did.parse("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa");
  private static final Nsid LIKES = Nsid.parse("com.example.like");
  private static final Nsid NOTES = Nsid.parse("com.example.note");
  private static final int PAGE = HeldRecords.PAGE;

  /** A full page and a half. */
  private static final int RECORDS = PAGE + PAGE / 2;

  private static final RecordKey LAST_OF_FIRST_PAGE = key(PAGE - 1);

  private final Sink sink = new Sink();
  private final Sink patient = new Sink();
  private final Queue<Runnable> handedOver = new ArrayDeque<>();
  private final Semaphore room = new Semaphore(8);

  private HeldAhead ahead(Executor executor, Nsid... scope) {
    return new HeldAhead(sink, patient, Set.of(scope), room, executor);
  }

  private void doWhatIsHandedOver() {
    for (Runnable task = handedOver.poll(); task != null; task = handedOver.poll()) {
      task.run();
    }
  }

  @Test
  void pagesAreAskedForInTheOrderOfTheTreeBeforeAnyIsNeeded() throws Exception {
    HeldAhead held = ahead(handedOver::add);

    held.collections(DID);
    doWhatIsHandedOver();

    assertThat(sink.asked)
        .containsExactly(
            "com.example.like after null",
            "com.example.like after k00999",
            "com.example.note after null",
            "com.example.note after k00999");
  }

  @Test
  void whatWasAskedAheadIsNotAskedAgain() throws Exception {
    HeldAhead held = ahead(Runnable::run);

    held.collections(DID);
    assertThat(held.page(DID, LIKES, null, PAGE)).hasSize(PAGE);
    assertThat(held.page(DID, LIKES, LAST_OF_FIRST_PAGE, PAGE)).hasSize(RECORDS - PAGE);
    assertThat(held.page(DID, NOTES, null, PAGE)).hasSize(PAGE);
    assertThat(held.page(DID, NOTES, LAST_OF_FIRST_PAGE, PAGE)).hasSize(RECORDS - PAGE);

    assertThat(sink.asked).hasSize(4);
    assertThat(patient.asked).isEmpty();
    assertThat(room.availablePermits()).isEqualTo(8);
  }

  @Test
  void onlyWhatIsInScopeIsAskedFor() throws Exception {
    HeldAhead held = ahead(Runnable::run, NOTES);

    held.collections(DID);

    assertThat(sink.asked).allMatch(asked -> asked.startsWith("com.example.note"));
  }

  @Test
  void noMoreIsAskedForThanThereIsRoomFor() throws Exception {
    room.acquire(7);
    HeldAhead held = ahead(Runnable::run);

    held.collections(DID);
    assertThat(sink.asked).containsExactly("com.example.like after null");

    held.page(DID, LIKES, null, PAGE);
    assertThat(sink.asked).as("taken, and the next").hasSize(2);
  }

  @Test
  void withoutAnyRoomEachPageIsAskedForInItsTime() throws Exception {
    room.acquire(8);
    HeldAhead held = ahead(Runnable::run);

    held.collections(DID);
    assertThat(held.page(DID, LIKES, null, PAGE)).hasSize(PAGE);

    assertThat(sink.asked).isEmpty();
    assertThat(patient.asked).containsExactly("com.example.like after null");
  }

  @Test
  void aPageThatNobodyHasBegunWithIsAskedForByWhoNeedsIt() throws Exception {
    HeldAhead held = ahead(handedOver::add);

    held.collections(DID);
    assertThat(held.page(DID, LIKES, null, PAGE)).hasSize(PAGE);
    handedOver.remove().run();

    assertThat(sink.asked).containsExactly("com.example.like after null");
  }

  @Test
  void anotherQuestionIsAnsweredForItself() throws Exception {
    HeldAhead held = ahead(Runnable::run);

    held.collections(DID);
    assertThat(held.page(DID, NOTES, key(RECORDS - 3), PAGE)).hasSize(2);

    assertThat(patient.asked).containsExactly("com.example.note after k01497");
    assertThat(room.availablePermits()).as("what is not needed is forgotten").isEqualTo(8);
  }

  @Test
  void whatFailedAheadIsAskedAgainWithPatience() throws Exception {
    sink.away = true;
    HeldAhead held = ahead(Runnable::run);

    held.collections(DID);
    assertThat(held.page(DID, LIKES, null, PAGE)).hasSize(PAGE);

    assertThat(sink.asked).startsWith("com.example.like after null");
    assertThat(patient.asked).containsExactly("com.example.like after null");
  }

  @Test
  void whoIsInterruptedWhileAskingIsNotKeptFromEnding() throws Exception {
    sink.interrupted = true;
    HeldAhead held = ahead(handedOver::add);

    held.collections(DID);
    assertThatThrownBy(() -> held.page(DID, LIKES, null, PAGE))
        .isInstanceOf(InterruptedException.class);

    assertThat(patient.asked).isEmpty();
  }

  @Test
  void aRunThatEndsTakesNothingMoreOver() throws Exception {
    HeldAhead held =
        ahead(
            task -> {
              throw new RejectedExecutionException();
            });

    held.collections(DID);
    assertThat(held.page(DID, LIKES, null, PAGE)).hasSize(PAGE);

    assertThat(patient.asked).containsExactly("com.example.like after null");
    assertThat(room.availablePermits()).isEqualTo(8);
  }

  @Test
  void closingGivesTheRoomBackAndAsksNothingMore() throws Exception {
    HeldAhead held = ahead(handedOver::add);
    held.collections(DID);
    assertThat(room.availablePermits()).isEqualTo(7);

    held.close();
    doWhatIsHandedOver();

    assertThat(room.availablePermits()).isEqualTo(8);
    assertThat(sink.asked).as("what was handed over already").hasSize(1);

    held.page(DID, LIKES, null, PAGE);
    assertThat(room.availablePermits()).isEqualTo(8);
  }

  @Test
  void whatIsForgottenLeadsNowhere() throws Exception {
    HeldAhead held = ahead(handedOver::add);
    held.collections(DID);
    Runnable likes = handedOver.remove();

    held.page(DID, NOTES, null, PAGE);
    likes.run();
    doWhatIsHandedOver();

    assertThat(sink.asked)
        .containsExactly("com.example.like after null", "com.example.note after k00999");
  }

  private static RecordKey key(int number) {
    return RecordKey.parse("k%05d".formatted(number));
  }

  /** Holds as many records of either collection, and remembers what it was asked. */
  private static final class Sink implements HeldRecords {

    final List<String> asked = new ArrayList<>();
    boolean away;
    boolean interrupted;

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
        throws IOException, InterruptedException {
      asked.add(collection + " after " + after);
      if (interrupted) {
        throw new InterruptedException();
      }
      if (away) {
        throw new IOException("away");
      }
      return IntStream.range(0, RECORDS)
          .mapToObj(HeldAheadTest::key)
          .filter(key -> after == null || key.compareTo(after) > 0)
          .limit(most)
          .map(key -> new HeldRecord(key, Cid.parse("bafyreiabc"), Tid.parse("3jzfcijpj2z2a")))
          .toList();
    }
  }
}
