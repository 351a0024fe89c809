package io.github.atprotobackfill.fetch;

import static io.github.atprotobackfill.fetch.MergeModel.ALICE;
import static io.github.atprotobackfill.fetch.MergeModel.COLLECTIONS;
import static io.github.atprotobackfill.fetch.MergeModel.REV;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.fetch.ListPosition.PagePosition;
import io.github.atprotobackfill.fetch.MergeModel.Stored;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.sink.RecordValue;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/** Whatever a listing gives and whatever is held: just the difference comes, from any page on. */
class ListMergePropertyTest {

  private static final ServiceUrl PDS = new ServiceUrl("https", "pds.example.com", -1);

  @Property(tries = 300)
  void theDifferenceComesAndNothingElse(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    MergeModel model = MergeModel.random(random, 1 + random.nextInt(40));
    Listing listing = new Listing(model, 1 + random.nextInt(10));
    assertThat(MergeModel.outcome(listing.read(null))).isEqualTo(model.expectedOfListing());
  }

  @Property(tries = 150)
  void goingOnAtAnyPageEndsAtTheSame(@ForAll long seed) throws Exception {
    MergeModel whole = again(seed);
    int onPage = 1 + new Random(seed).nextInt(5);
    List<FetchTurn.Page> pages = new Listing(whole, onPage).read(null);
    pages.forEach(page -> page.events().forEach(whole.held::apply));
    Map<String, Cid> end = whole.held.content();
    for (int stop = 0; stop < pages.size(); stop++) {
      MergeModel stopped = again(seed);
      // The checkpoint may lag one page behind what was written.
      for (FetchTurn.Page written : pages.subList(0, Math.min(stop + 2, pages.size()))) {
        written.events().forEach(stopped.held::apply);
      }
      ListPosition at = ListPosition.parse(pages.get(stop).position().get()).orElseThrow();
      for (FetchTurn.Page page : new Listing(stopped, onPage).read(at)) {
        page.events().forEach(stopped.held::apply);
      }
      assertThat(stopped.held.content()).as("from %s on", at).isEqualTo(end);
    }
  }

  @Property(tries = 10)
  void noPartIsLargerThanAPart(@ForAll long seed) throws Exception {
    MergeModel model = MergeModel.random(new Random(seed), 1_500);
    List<FetchTurn.Page> pages = new Listing(model, 5_000).read(null);
    assertThat(pages).allMatch(page -> page.events().size() <= PageInMaking.MOST_EVENTS);
    assertThat(MergeModel.outcome(pages)).isEqualTo(model.expectedOfListing());
  }

  @Property(tries = 100)
  void whatAPageRepeatsComesOnce(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    MergeModel model = MergeModel.random(random, 1 + random.nextInt(20));
    Listing listing = new Listing(model, 1 + random.nextInt(10));
    listing.repeating = 1 + random.nextInt(6);
    MergeModel.Outcome outcome = MergeModel.outcome(listing.read(null));
    assertThat(outcome.events()).isEqualTo(model.expectedOfListing().events());
    assertThat(outcome.unchanged()).isEqualTo(model.expectedOfListing().unchanged());
    for (Nsid collection : COLLECTIONS) {
      List<RecordKey> keys = listing.keysOf(collection);
      assertThat(keys).isSorted().doesNotHaveDuplicates();
    }
  }

  private static MergeModel again(long seed) {
    Random random = new Random(seed);
    return MergeModel.random(random, 1 + random.nextInt(12));
  }

  /** A host that lists the model's repo, so many records on a page. */
  private static final class Listing {

    private final MergeModel model;
    private final int onPage;
    private final SnapshotKeys keys =
        new SnapshotKeys(FetchRequest.of(ALICE, PDS, RepoHostFixture.NO_KEY));

    /** So many records from before a page's cursor stand on the page once more. */
    private int repeating;

    Listing(MergeModel model, int onPage) {
      this.model = model;
      this.onPage = onPage;
    }

    List<FetchTurn.Page> read(@Nullable ListPosition from) throws InterruptedException {
      HeldMerge held = new HeldMerge(model.held, ALICE, model.held.mostOnPage);
      ListMerge merge =
          new ListMerge(ALICE, REV, null, held, new ListedCid(PDS, CidCheck.OFF), keys);
      NavigableSet<Nsid> visited = merge.withHeld(new TreeSet<>(model.repo.keySet()));
      ListPosition at = from == null ? ListPosition.begin(PDS, REV).atNextOf(visited) : from;
      List<FetchTurn.Page> pages = new ArrayList<>();
      while (at.stage() != ListPosition.Stage.BEHIND) {
        open(merge, at, visited);
        while (merge.isOpen()) {
          PageInMaking made = merge.mergeOn();
          ListPosition reached = merge.isOpen() ? at : merge.behind();
          pages.add(made.page(reached::text));
        }
        at = merge.behind();
      }
      return pages;
    }

    private void open(ListMerge merge, ListPosition at, NavigableSet<Nsid> visited) {
      NavigableMap<RecordKey, Stored> all =
          model.repo.getOrDefault(at.collection(), new TreeMap<>());
      RecordKey after = at.page() == null ? null : RecordKey.parse(at.page().cursor());
      NavigableMap<RecordKey, Stored> rest = after == null ? all : all.tailMap(after, false);
      List<RecordPage.Entry> entries = new ArrayList<>();
      List<Failure> rejected = new ArrayList<>();
      if (after != null) {
        all.headMap(after, true).descendingMap().entrySet().stream()
            .limit(repeating)
            .forEach(before -> entries.add(0, entry(at, before.getKey(), before.getValue())));
      }
      rest.entrySet().stream()
          .limit(onPage)
          .forEach(
              next -> {
                entries.add(entry(at, next.getKey(), next.getValue()));
                if (!next.getValue().valid()) {
                  rejected.add(new Failure(ErrorKind.INVALID_RESPONSE, "no record"));
                }
              });
      RecordKey last = entries.isEmpty() ? null : entries.get(entries.size() - 1).rkey();
      boolean more = rest.size() > onPage;
      ListPosition behind =
          more ? at.atPage(new PagePosition(last.value(), last.value(), 0)) : at.atNextOf(visited);
      RecordPage page =
          new RecordPage(
              entries, rejected, last == null ? null : last.value(), more ? last.value() : null);
      merge.open(at, page, behind);
    }

    private static RecordPage.Entry entry(ListPosition at, RecordKey key, Stored stored) {
      return new RecordPage.Entry(
          key,
          stored.cid(),
          stored.valid()
              ? new RecordPut(
                  ALICE, at.collection(), key, stored.cid(), REV, RecordValue.ofJson(stored.json()))
              : null);
    }

    List<RecordKey> keysOf(Nsid wanted) throws Exception {
      List<RecordKey> of = new ArrayList<>();
      keys.snapshot(REV, null)
          .orElseThrow()
          .forEachKey(
              (collection, rkey, cid) -> {
                if (collection.equals(wanted)) {
                  of.add(rkey);
                }
              });
      return of;
    }
  }
}
