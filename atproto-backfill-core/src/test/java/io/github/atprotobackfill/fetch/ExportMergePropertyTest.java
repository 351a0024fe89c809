package io.github.atprotobackfill.fetch;

import static io.github.atprotobackfill.fetch.MergeModel.ALICE;
import static io.github.atprotobackfill.fetch.MergeModel.COLLECTIONS;
import static io.github.atprotobackfill.fetch.MergeModel.REV;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.repo.BuiltRepo;
import io.github.atprotobackfill.repo.RecordCursor;
import io.github.atprotobackfill.repo.Repo;
import io.github.atprotobackfill.sink.Proof;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/** Whatever a repo has and whatever is held: just the difference comes, from any position on. */
class ExportMergePropertyTest {

  @Property(tries = 300)
  void theDifferenceComesAndNothingElse(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    MergeModel model = MergeModel.random(random, 1 + random.nextInt(40));
    Set<Nsid> scope = scope(random);
    MergeModel.Outcome expected = model.expected(scope);
    try (Repo repo = BuiltRepo.of(model.blocks())) {
      assertThat(MergeModel.outcome(merge(repo, model, scope, null))).isEqualTo(expected);
    }
  }

  @Property(tries = 150)
  void goingOnAnywhereEndsAtTheSame(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    MergeModel model = MergeModel.random(random, 1 + random.nextInt(12));
    Set<Nsid> scope = scope(random);
    try (Repo repo = BuiltRepo.of(model.blocks())) {
      List<RecordEvent> all = events(merge(repo, model, scope, null));
      Map<String, Cid> end = after(seed, all);
      RecordCursor positions = repo.records(scope);
      while (positions.next()) {
        ExportPosition at = new ExportPosition(REV, positions.collection(), positions.rkey());
        MergeModel stopped = again(seed);
        all.stream()
            .filter(event -> upTo(event, at) || random.nextInt(3) == 0)
            .forEach(stopped.held::apply);
        events(merge(repo, stopped, scope, at)).forEach(stopped.held::apply);
        assertThat(stopped.held.content()).as("from %s on", at).isEqualTo(end);
      }
    }
  }

  @Property(tries = 60)
  void whatLagsBehindThePositionIsNotAskedForAgain(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    MergeModel model = MergeModel.random(random, 1 + random.nextInt(12));
    Set<Nsid> scope = scope(random);
    try (Repo repo = BuiltRepo.of(model.blocks())) {
      List<RecordEvent> all = events(merge(repo, model, scope, null));
      RecordCursor positions = repo.records(scope);
      while (positions.next()) {
        ExportPosition at = new ExportPosition(REV, positions.collection(), positions.rkey());
        assertThat(events(merge(repo, model, scope, at)))
            .usingRecursiveFieldByFieldElementComparatorOnFields("collection", "rkey", "rev")
            .containsExactlyElementsOf(all.stream().filter(event -> !upTo(event, at)).toList());
      }
    }
  }

  @Property(tries = 10)
  void noPartIsLargerThanAPart(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    MergeModel model = MergeModel.random(random, 1_500);
    try (Repo repo = BuiltRepo.of(model.blocks())) {
      List<FetchTurn.Page> pages = merge(repo, model, Set.of(), null);
      assertThat(pages).allMatch(page -> page.events().size() <= PageInMaking.MOST_EVENTS);
      assertThat(MergeModel.outcome(pages)).isEqualTo(model.expected(Set.of()));
    }
  }

  private static Set<Nsid> scope(Random random) {
    Set<Nsid> scope = new HashSet<>();
    if (random.nextBoolean()) {
      COLLECTIONS.stream().filter(collection -> random.nextBoolean()).forEach(scope::add);
    }
    return scope;
  }

  /** The same model once more, to be changed. */
  private static MergeModel again(long seed) {
    Random random = new Random(seed);
    return MergeModel.random(random, 1 + random.nextInt(12));
  }

  private static Map<String, Cid> after(long seed, List<RecordEvent> events) {
    MergeModel model = again(seed);
    events.forEach(model.held::apply);
    return model.held.content();
  }

  private static boolean upTo(RecordEvent event, ExportPosition at) {
    String path = event.collection() + "/" + event.rkey();
    return path.compareTo(at.collection() + "/" + at.rkey()) <= 0;
  }

  private static List<RecordEvent> events(List<FetchTurn.Page> pages) {
    List<RecordEvent> events = new ArrayList<>();
    pages.forEach(page -> events.addAll(page.events()));
    return events;
  }

  private static List<FetchTurn.Page> merge(
      Repo repo, MergeModel model, Set<Nsid> scope, @Nullable ExportPosition from)
      throws InterruptedException {
    NavigableSet<Nsid> held = new TreeSet<>(model.held.collections(ALICE));
    if (!scope.isEmpty()) {
      held.retainAll(scope);
    }
    RecordCursor records =
        from == null
            ? repo.records(scope)
            : repo.recordsAfter(scope, from.collection(), from.rkey());
    HeldMerge against = new HeldMerge(model.held, ALICE, model.held.mostOnPage);
    Cid commit = repo.commit().cid().text();
    ExportMerge merge = new ExportMerge(ALICE, REV, commit, Proof.SIGNED, records, against, held);
    if (from != null) {
      merge.beginAfter(from.collection(), from.rkey());
    }
    List<FetchTurn.Page> pages = new ArrayList<>();
    while (!merge.isOver()) {
      PageInMaking made = merge.mergeOn();
      ExportPosition reached = merge.position();
      pages.add(made.page(() -> reached == null ? "" : reached.text()));
    }
    return pages;
  }

  @Property(tries = 30)
  void aPositionIsReadAsItWasWritten(@ForAll long seed) {
    Random random = new Random(seed);
    ExportPosition position =
        new ExportPosition(
            REV,
            COLLECTIONS.get(random.nextInt(COLLECTIONS.size())),
            RecordKey.parse("k:~_-." + random.nextInt(1_000)));
    assertThat(ExportPosition.parse(position.text())).contains(position);
  }
}
