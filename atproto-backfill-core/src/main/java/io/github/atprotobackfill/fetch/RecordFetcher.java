package io.github.atprotobackfill.fetch;

/** A way of reading repos. Thread-safe; each {@link RepoReading} it opens is not. */
public interface RecordFetcher {

  /** Begins to read, or goes on at the request's position. Asks nobody yet. */
  RepoReading open(FetchRequest request);
}
