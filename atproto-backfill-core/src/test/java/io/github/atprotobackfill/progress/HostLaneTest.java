package io.github.atprotobackfill.progress;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.syntax.Did;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class HostLaneTest {

  private final HostLane lane = new HostLane(null);

  private static QueueSlot slot(int number) {
    return new QueueSlot(Did.parse("did:web:" + number + ".example.com"));
  }

  @Test
  void reposComeInTheOrderOfDueTimeThenOfTurn() {
    QueueSlot later = slot(1);
    QueueSlot sameTimeSecond = slot(2);
    QueueSlot sameTimeFirst = slot(3);
    lane.file(later, 20, 0);
    lane.file(sameTimeSecond, 10, 2);
    lane.file(sameTimeFirst, 10, 1);

    assertThat(drained()).containsExactly(sameTimeFirst, sameTimeSecond, later);
  }

  @Test
  void nothingIsDueBeforeItsTime() {
    assertThat(lane.hasDue(Long.MAX_VALUE)).isFalse();
    lane.file(slot(1), 10, 0);

    assertThat(lane.hasDue(9)).isFalse();
    assertThat(lane.hasDue(10)).isTrue();
  }

  @Test
  void removingWhatIsNotInDoesNothing() {
    QueueSlot in = slot(1);
    lane.file(in, 10, 0);

    lane.remove(slot(2));

    assertThat(lane.first()).isSameAs(in);
  }

  @Test
  void anyOrderOfFilingMovingAndRemovingAgreesWithASortedSet() {
    Random random = new Random(42);
    TreeSet<QueueSlot> expected = new TreeSet<>((a, b) -> a == b ? 0 : a.comesBefore(b) ? -1 : 1);
    List<QueueSlot> slots = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      slots.add(slot(i));
    }

    for (int turn = 0; turn < 20_000; turn++) {
      QueueSlot slot = slots.get(random.nextInt(slots.size()));
      expected.remove(slot);
      // Growing and shrinking by turns, so that the heap's array does both.
      if (random.nextInt(10) < (turn / 2000 % 2 == 0 ? 8 : 2)) {
        lane.file(slot, random.nextInt(50), turn);
        expected.add(slot);
      } else {
        lane.remove(slot);
      }
      assertThat(lane.isEmpty()).isEqualTo(expected.isEmpty());
      if (!expected.isEmpty()) {
        assertThat(lane.first()).isSameAs(expected.first());
      }
    }

    assertThat(drained()).containsExactlyElementsOf(expected);
  }

  private List<QueueSlot> drained() {
    List<QueueSlot> drained = new ArrayList<>();
    while (!lane.isEmpty()) {
      drained.add(lane.first());
      lane.remove(lane.first());
    }
    return drained;
  }
}
