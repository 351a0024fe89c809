package io.github.atprotobackfill.fetch;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.fetch.ListPosition.PagePosition;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.Tid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcClient;
import io.github.atprotobackfill.xrpc.XrpcException;
import java.util.List;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One repo being read by {@code listRecords}, in four kinds of turns: the rev before, the list of
 * collections where all are wanted, page after page of each collection, the rev after.
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

  private final ServiceUrl pds;
  private final HostRepo repo;
  private final RecordPageReader pages;
  private final @Nullable Tid heldRev;

  /** The collections to read; null while they have not been asked for. */
  private @Nullable NavigableSet<Nsid> collections;

  /** How far the repo has been read; null before the first turn. */
  private @Nullable ListPosition position;

  private boolean notFound;
  private boolean over;

  ListRecordsReading(XrpcClient client, FetchRequest request) {
    this.pds = request.pds();
    this.repo = new HostRepo(client, request.pds(), request.did());
    this.pages = new RecordPageReader(request.pds(), request.did(), MOST_ENTRIES);
    this.heldRev = request.heldRev();
    this.collections =
        request.collections().isEmpty() ? null : new TreeSet<>(request.collections());
    this.position = startOf(request);
  }

  /** Where to go on; null to start over, as after a move to another host. */
  private static @Nullable ListPosition startOf(FetchRequest request) {
    if (request.position() == null) {
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
    return switch (position.stage()) {
      case BETWEEN -> askForCollections(position);
      case WITHIN -> readPage(position, Objects.requireNonNull(position.collection()));
      case BEHIND -> readRevAfter(position);
    };
  }

  private FetchTurn readRevBefore() throws InterruptedException {
    Tid rev = repo.latestRev();
    if (rev.equals(heldRev)) {
      over = true;
      return new FetchTurn.Unchanged(rev);
    }
    ListPosition begin = ListPosition.begin(pds, rev);
    return moveTo(collections == null ? begin : begin.atNextOf(collections), List.of());
  }

  private FetchTurn askForCollections(ListPosition at) throws InterruptedException {
    HostRepo.Collections described;
    try {
      described = repo.collections();
    } catch (XrpcException e) {
      return unlessNotFound(e, at);
    }
    collections = described.collections();
    return moveTo(at.atNextOf(collections), malformedNames(described.malformed()));
  }

  private FetchTurn readPage(ListPosition at, Nsid collection) throws InterruptedException {
    String cursor = at.page() == null ? null : at.page().cursor();
    byte[] body;
    try {
      body = repo.records(collection, cursor);
    } catch (XrpcException e) {
      return unlessNotFound(e, at);
    }
    RecordPage page = pages.read(body, collection, at.rev(), cursor);
    position =
        page.cursor() == null
            ? behindCollection(at)
            : at.atPage(nextPage(page, page.cursor(), at.page(), collection));
    return new FetchTurn.Page(page.events(), position.text(), page.rejected());
  }

  private ListPosition behindCollection(ListPosition at) {
    return collections == null ? at.afterCollection() : at.atNextOf(collections);
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
    Tid rev = repo.latestRev();
    over = true;
    return new FetchTurn.Finished(at.rev(), !rev.equals(at.rev()));
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
    return new FetchTurn.Page(List.of(), at.text(), List.of());
  }

  private FetchTurn moveTo(ListPosition next, List<Failure> rejected) {
    position = next;
    return new FetchTurn.Page(List.of(), next.text(), rejected);
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
}
