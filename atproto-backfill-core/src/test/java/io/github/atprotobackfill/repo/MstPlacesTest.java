package io.github.atprotobackfill.repo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MstPlacesTest {

  private final BlockBudget budget = new BlockBudget(10_000);

  @Test
  void givesWhatWasPut() {
    MstPlaces places = new MstPlaces(budget, 10_000);
    places.expect(3);
    int root = places.begin(100, 2, 2);
    places.putRecord(root, 0, 200);
    places.putRecord(root, 1, -5);
    int left = places.begin(300, 1, 0);
    places.putSubtree(root, 2, 0, left);
    places.putRecord(left, 0, 1L << 40);
    int right = places.begin(400, 0, 1);
    places.putSubtree(root, 2, 1, right);

    assertThat(root).isEqualTo(MstPlaces.ROOT);
    assertThat(places.isEmpty()).isFalse();
    assertThat(places.node(root)).isEqualTo(100);
    assertThat(places.record(root, 0)).isEqualTo(200);
    assertThat(places.record(root, 1)).isEqualTo(-5);
    assertThat(places.node(places.subtree(root, 2, 0))).isEqualTo(300);
    assertThat(places.record(left, 0)).isEqualTo(1L << 40);
    assertThat(places.node(places.subtree(root, 2, 1))).isEqualTo(400);
  }

  @Test
  void takesMemoryFromTheBudgetUpToItsBoundAndGivesItBack() {
    MstPlaces places = new MstPlaces(budget, 800);

    assertThat(places.begin(1, 99, 0)).isEqualTo(MstPlaces.ROOT);
    assertThat(budget.left()).isEqualTo(10_000 - 800);
    assertThat(places.begin(2, 0, 0)).isEqualTo(MstPlaces.NONE);
    assertThat(places.isEmpty()).isTrue();
    assertThat(budget.left()).isEqualTo(10_000);
    places.close();
    assertThat(budget.left()).isEqualTo(10_000);
  }

  @Test
  void forgetsEverythingWhenTheBudgetIsUsedUp() {
    MstPlaces places = new MstPlaces(budget, 1 << 20);
    places.expect(700);
    assertThat(places.begin(1, 870, 0)).isEqualTo(MstPlaces.ROOT);

    assertThat(places.begin(2, 100, 0)).isEqualTo(MstPlaces.NONE);
    assertThat(places.isEmpty()).isTrue();
    assertThat(budget.left()).isEqualTo(10_000);
  }

  @Test
  void aTreeThatIsLargerThanExpectedHasRoom() {
    MstPlaces places = new MstPlaces(budget, 10_000);
    places.expect(0);
    for (int i = 0; i < 100; i++) {
      int part = places.begin(i, 1, 0);
      places.putRecord(part, 0, 1_000 + i);
    }

    for (int i = 0; i < 100; i++) {
      assertThat(places.node(2 * i)).isEqualTo(i);
      assertThat(places.record(2 * i, 0)).isEqualTo(1_000 + i);
    }
    places.close();
    assertThat(budget.left()).isEqualTo(10_000);
  }
}
