package io.github.atprotobackfill.source;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.xrpc.XrpcException;
import org.jspecify.annotations.Nullable;

/**
 * Watches somebody walk through the pages of a {@link RepoSource}, and stops a walk that leads
 * nowhere: a source keeps no state between pages, so that only who walks can see this.
 *
 * <p>Two cursors are remembered, however long the walk (Brent's algorithm): a loop that begins
 * after <i>m</i> pages and is <i>n</i> pages long is seen within 3·(<i>m</i> + <i>n</i>) pages.
 * What a loop repeats meanwhile is harmless, since repos are discovered once. A host that makes up
 * ever new cursors and repos cannot be told from a large one.
 *
 * <p>Begin a new walk whenever a listing is begun or resumed. Not thread-safe.
 */
public final class PageWalk {

  /** Pages in a row that may bring neither repos nor sources, and yet have a cursor. */
  public static final int MAX_EMPTY_PAGES = 10;

  private final String source;
  private @Nullable String landmark;
  private long sinceLandmark;
  private long nextLandmark = 1;
  private int emptyPages;

  /**
   * A walk that begins at {@code cursor}.
   *
   * @param source the source, as errors are to name it
   * @param cursor the cursor resumed from; null for the first page
   */
  public PageWalk(String source, @Nullable String cursor) {
    this.source = source;
    this.landmark = cursor;
  }

  /**
   * Takes note of the page that came next. Call it before the page's cursor is stored.
   *
   * @throws XrpcException of kind {@code INVALID_RESPONSE} when its cursor was seen before, or when
   *     it is the eleventh empty page in a row that has one
   */
  public void passed(RepoPage page) {
    String cursor = page.cursor();
    if (cursor == null) {
      return;
    }
    countEmpty(page);
    if (cursor.equals(landmark)) {
      throw stopped("the listing goes in circles; it came back to cursor \"" + cursor + "\"");
    }
    if (++sinceLandmark == nextLandmark) {
      landmark = cursor;
      sinceLandmark = 0;
      nextLandmark *= 2;
    }
  }

  private void countEmpty(RepoPage page) {
    boolean empty = page.repos().isEmpty() && page.sources().isEmpty();
    emptyPages = empty ? emptyPages + 1 : 0;
    if (emptyPages > MAX_EMPTY_PAGES) {
      throw stopped(emptyPages + " pages in a row were empty, yet had a cursor");
    }
  }

  private XrpcException stopped(String what) {
    return new XrpcException(
        ErrorKind.INVALID_RESPONSE, source + ": " + what, 200, null, null, null);
  }
}
