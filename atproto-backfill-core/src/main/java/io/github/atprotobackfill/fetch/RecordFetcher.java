package io.github.atprotobackfill.fetch;

/** A way of reading repos. Thread-safe; each {@link RepoReading} it opens is not. */
public interface RecordFetcher {

  /** How a repo is best read as far as is known now. Asks nobody. */
  FetchChoice choice(FetchRequest request);

  /** Begins to read as was chosen, or goes on at the request's position. Asks nobody yet. */
  RepoReading open(FetchRequest request, FetchChoice choice);

  /** Begins to read as seems best, or goes on at the request's position. Asks nobody yet. */
  default RepoReading open(FetchRequest request) {
    return open(request, choice(request));
  }
}
