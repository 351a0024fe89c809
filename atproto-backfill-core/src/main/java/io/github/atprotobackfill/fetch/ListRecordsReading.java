package io.github.atprotobackfill.fetch;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.fetch.ListPosition.PagePosition;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.Tid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcClient;
import io.github.atprotobackfill.xrpc.XrpcException;
import java.util.List;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One repo being read by {@code listRecords}, in four kinds of turns: the rev before, the list of
 * collections where all are wanted, page after page of each collection, the rev after. A page is
 * merged with what is held; where that makes more than a turn should give, the rest needs no host.
 *
 * <p>What is known changes only when a turn has succeeded, so that a failed one can be repeated.
 */
final class ListRecordsReading implements RepoReading {

  /** Pages in a row that may be empty and yet have a cursor, before the listing is given up. */
  static final int MAX_EMPTY_PAGES = 10;

  /** A host that gives more on a page than ten times what was asked for is not read. */
  private static final int MOST_ENTRIES = 10 * HostRepo.PAGE_SIZE;

  /** How the reference PDS begins to say that there is no such repo, or that it is not active. */
  private static final String NOT_FOUND = "Could not find repo";

  private final FetchRequest request;
  private final ReadingMeter meter;
  private final ServiceUrl pds;
  private final HostRepo repo;
  private final RecordPageReader pages;
  private final ListedCid cids;
  private final @Nullable SnapshotKeys keys;

  /** The collections that the repo has; null while they have not been asked for. */
  private @Nullable NavigableSet<Nsid> listed;

  /** How far the repo has been read; null before the first turn. */
  /**
   * The repo's commit before the first page; null where the reading goes on with an earlier one.
   */
  private @Nullable Cid commit;

  private @Nullable ListPosition position;

  private @Nullable ListMerge merge;
  private long inCollection;
  private boolean notFound;
  private boolean over;

  ListRecordsReading(XrpcClient client, FetchRequest request, CidCheck check, ReadingMeter meter) {
    this.request = request;
    this.meter = meter;
    this.pds = request.pds();
    this.repo = new HostRepo(client, request.pds(), request.did());
    this.pages = new RecordPageReader(request.pds(), request.did(), MOST_ENTRIES);
    this.cids = new ListedCid(request.pds(), check);
    this.keys = request.snapshot() ? new SnapshotKeys(request) : null;
    this.listed = request.collections().isEmpty() ? null : new TreeSet<>(request.collections());
    this.position = startOf(request);
  }

  /** Where to go on; null to start over, as after a move to another host. */
  private static @Nullable ListPosition startOf(FetchRequest request) {
    if (request.position() == null || request.snapshot()) {
      return null;
    }
    return ListPosition.parse(request.position())
        .filter(position -> position.pds().equals(request.pds()))
        .filter(position -> isOf(request.collections(), position))
        .orElse(null);
  }

  private static boolean isOf(Set<Nsid> wanted, ListPosition position) {
    return switch (position.stage()) {
      case BETWEEN -> wanted.isEmpty();
      case WITHIN ->
          wanted.isEmpty() || wanted.contains(Objects.requireNonNull(position.collection()));
      case BEHIND -> true;
    };
  }

  @Override
  public boolean atHand() {
    return merge != null && merge.isOpen();
  }

  @Override
  public FetchTurn turn() throws InterruptedException {
    if (over) {
      throw new IllegalStateException("the reading is over");
    }
    if (notFound) {
      throw askWhyNotFound();
    }
    if (position == null) {
      return readRevBefore();
    }
    if (merge != null && merge.isOpen()) {
      return mergeOn(merge, position);
    }
    return switch (position.stage()) {
      case BETWEEN -> askForCollections(position);
      case WITHIN -> readPage(position, Objects.requireNonNull(position.collection()));
      case BEHIND -> readRevAfter(position);
    };
  }

  private FetchTurn readRevBefore() throws InterruptedException {
    long asked = System.nanoTime();
    HostRepo.LatestCommit latest = repo.latestCommit();
    Tid rev = latest.rev();
    meter.answered((System.nanoTime() - asked) / 1e9);
    if (rev.equals(request.held().unchangedAt())) {
      over = true;
      return new FetchTurn.Unchanged(rev);
    }
    Tid notBefore = request.held().notBefore();
    if (notBefore != null && rev.compareTo(notBefore) < 0) {
      String what = request.did() + ": its rev " + rev + " is older than " + notBefore + ", held";
      String where = pds.authority() + " " + HostRepo.GET_LATEST_COMMIT + " ";
      throw new RepoRefusedException(ErrorKind.STALE_REPO, where + what, null);
    }
    commit = latest.cid();
    ListPosition begin = ListPosition.begin(pds, rev);
    return moveTo(listed == null ? begin : begin.atNextOf(listed), List.of());
  }

  private FetchTurn askForCollections(ListPosition at) throws InterruptedException {
    HostRepo.Collections described;
    try {
      described = repo.collections();
    } catch (XrpcException e) {
      return unlessNotFound(e, at);
    }
    NavigableSet<Nsid> there = described.collections();
    meter.described(there.size());
    ListPosition next = at.atNextOf(mergeOf(at).withHeld(there));
    listed = there;
    return moveTo(next, malformedNames(described.malformed()));
  }

  private FetchTurn readPage(ListPosition at, Nsid collection) throws InterruptedException {
    ListMerge into = mergeOf(at);
    if (listed != null && !listed.contains(collection)) {
      into.open(at, RecordPage.none(), behindCollection(into, at));
      return mergeOn(into, at);
    }
    String cursor = at.page() == null ? null : at.page().cursor();
    byte[] body;
    try {
      body = repo.records(collection, cursor);
    } catch (XrpcException e) {
      return unlessNotFound(e, at);
    }
    RecordPage page = pages.read(body, collection, at.rev(), cursor);
    ListPosition behind =
        page.cursor() == null
            ? behindCollection(into, at)
            : at.atPage(nextPage(page, page.cursor(), at.page(), collection));
    count(page, at);
    into.open(at, page, behind);
    return mergeOn(into, at);
  }

  private void count(RecordPage page, ListPosition at) {
    inCollection = at.page() == null ? page.entries().size() : inCollection + page.entries().size();
    if (page.cursor() == null) {
      meter.listed(inCollection);
    }
  }

  private ListMerge mergeOf(ListPosition at) {
    if (merge == null) {
      HeldMerge held = new HeldMerge(request.held().records(), request.did());
      merge = new ListMerge(request.did(), at.rev(), commit, held, cids, keys);
    }
    return merge;
  }

  private FetchTurn mergeOn(ListMerge into, ListPosition at) throws InterruptedException {
    PageInMaking made = into.mergeOn();
    ListPosition reached = into.isOpen() ? at : into.behind();
    position = reached;
    return made.page(reached::text);
  }

  private ListPosition behindCollection(ListMerge into, ListPosition at)
      throws InterruptedException {
    return listed == null ? at.afterCollection() : at.atNextOf(toVisit(into, listed));
  }

  /** What is held of collections that the repo does not have is gone; so those are visited too. */
  private NavigableSet<Nsid> toVisit(ListMerge into, NavigableSet<Nsid> there)
      throws InterruptedException {
    return request.collections().isEmpty() ? into.withHeld(there) : there;
  }

  /**
   * The next place, if the listing gets on: keys go up, or at least the pages are not all empty.
   */
  private PagePosition nextPage(
      RecordPage page, String cursor, @Nullable PagePosition before, Nsid collection) {
    String lastKey = before == null ? null : before.lastKey();
    if (page.greatestKey() == null) {
      int empty = before == null ? 1 : before.emptyPages() + 1;
      if (empty > MAX_EMPTY_PAGES) {
        throw invalidListing(collection, empty + " pages in a row had no record, yet a cursor");
      }
      return new PagePosition(cursor, lastKey, empty);
    }
    if (lastKey != null && page.greatestKey().compareTo(lastKey) <= 0) {
      throw invalidListing(
          collection,
          "the page after key " + lastKey + " goes no further than it, yet has a cursor");
    }
    return new PagePosition(cursor, page.greatestKey(), 0);
  }

  private FetchTurn readRevAfter(ListPosition at) throws InterruptedException {
    Tid rev = repo.latestCommit().rev();
    over = true;
    return new FetchTurn.Finished(
        at.rev(),
        !rev.equals(at.rev()),
        Optional.ofNullable(keys).flatMap(all -> all.snapshot(at.rev(), commit)));
  }

  private RepoUnavailableException askWhyNotFound() throws InterruptedException {
    try {
      return repo.whyNotFound();
    } catch (XrpcException e) {
      // A host that contradicts itself is asked for the records again.
      notFound = e.kind() != ErrorKind.INVALID_RESPONSE;
      throw e;
    }
  }

  /** The page that leads to {@link #askWhyNotFound}, if that is what the host says. */
  private FetchTurn unlessNotFound(XrpcException failure, ListPosition at) {
    boolean saysNotFound =
        failure.error().filter("InvalidRequest"::equals).isPresent()
            && String.valueOf(failure.getMessage()).contains(NOT_FOUND);
    if (!saysNotFound) {
      throw failure;
    }
    notFound = true;
    return moveTo(at, List.of());
  }

  private FetchTurn moveTo(ListPosition next, List<Failure> rejected) {
    position = next;
    PageInMaking made = new PageInMaking(request.did(), next.rev(), commit);
    made.rejected(rejected);
    return made.page(next::text);
  }

  private List<Failure> malformedNames(int count) {
    return count == 0
        ? List.of()
        : List.of(
            Failure.of(
                XrpcException.invalidResponse(
                    pds,
                    HostRepo.DESCRIBE_REPO,
                    count + " collections have malformed names",
                    null)));
  }

  private XrpcException invalidListing(Nsid collection, String what) {
    return XrpcException.invalidResponse(
        pds, HostRepo.LIST_RECORDS, collection + ": " + what, null);
  }

  @Override
  public void close() {
    if (keys != null) {
      keys.close();
    }
  }
}
