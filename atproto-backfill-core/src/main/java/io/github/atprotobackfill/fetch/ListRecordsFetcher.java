package io.github.atprotobackfill.fetch;

import io.github.atprotobackfill.xrpc.XrpcClient;
import java.time.Duration;

/**
 * Reads repos by {@code com.atproto.repo.listRecords}: collection after collection, in ascending
 * order of keys, a hundred records a turn.
 *
 * <p>This listing carries neither proof nor rev (protocol: repo endpoints). The rev is therefore
 * taken before the first page, every record is given as of that rev, and the rev is taken again at
 * the end: when the repo was written to meanwhile, {@link FetchTurn.Finished#moved()} says so, and
 * records may then be newer than their rev, or missing if they came behind the page just read. Of
 * each record that is given the CID is recomputed; see {@link CidCheck}.
 *
 * <p>Records of up to 2 MiB and 64 levels are taken. A listing that repeats a cursor, whose keys do
 * not go up from page to page, or that has more than ten empty pages in a row is given up with an
 * {@code INVALID_RESPONSE}; so is a host without {@code getLatestCommit}.
 *
 * <p>Positions outlive the process and the library's version: one that is not understood, or that
 * was given for another host, starts the repo over. So does any where all keys are wanted at the
 * end.
 */
public final class ListRecordsFetcher implements RecordFetcher {

  /** The rev before and after. */
  static final int REVS = 2;

  /** A page of records, and the empty one that tells that it was the last. */
  static final int PAGES_A_COLLECTION = 2;

  private final XrpcClient client;
  private final CidCheck check;

  /** Reads through {@code client}, which stays the caller's to close; {@link CidCheck#MARK}. */
  public ListRecordsFetcher(XrpcClient client) {
    this(client, CidCheck.MARK);
  }

  /** Reads through {@code client}, which stays the caller's to close. */
  public ListRecordsFetcher(XrpcClient client, CidCheck check) {
    this.client = client;
    this.check = check;
  }

  @Override
  public RepoReading open(FetchRequest request, FetchChoice choice) {
    return open(request, ReadingMeter.NONE);
  }

  RepoReading open(FetchRequest request, ReadingMeter meter) {
    return new ListRecordsReading(client, request, check, meter);
  }

  /** The only way there is here, with the fewest requests that it can take. */
  @Override
  public FetchChoice choice(FetchRequest request) {
    int collections = Math.max(1, request.collections().size());
    int describing = request.collections().isEmpty() ? 1 : 0;
    return new FetchChoice(
        FetchChoice.Way.LIST_RECORDS,
        "chosen for every repo",
        REVS + describing + PAGES_A_COLLECTION * collections,
        Duration.ZERO);
  }
}
