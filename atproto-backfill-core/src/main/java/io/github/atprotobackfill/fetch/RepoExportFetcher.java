package io.github.atprotobackfill.fetch;

import io.github.atprotobackfill.repo.RepoReader;
import io.github.atprotobackfill.xrpc.XrpcClient;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads repos whole, by {@code com.atproto.sync.getRepo}: one request, and nothing is believed that
 * is not checked. The hash of every block, the whole tree, the DID, the rev and the signature have
 * passed before the first record is given, in the order of their keys.
 *
 * <p>What comes wrong is dealt with as its cause is known to be:
 *
 * <ul>
 *   <li>blocks are missing, as when the repo is written to while it is read: it is fetched again,
 *       then read by {@code listRecords};
 *   <li>the signature does not verify: the DID is resolved afresh once; then see {@link
 *       OldKeyCommits}, else {@code BAD_SIGNATURE};
 *   <li>the repo is older than what was read of it before: {@code STALE_REPO};
 *   <li>another account's repo, a rev more than {@link #MOST_AHEAD} in the future, a malformed
 *       block or tree: {@code INVALID_CAR};
 *   <li>the host does not offer whole repos: {@code listRecords}.
 * </ul>
 *
 * <p>Positions outlive the process: the repo is fetched anew, and given from there if it still has
 * the same rev.
 *
 * @see <a href="https://atproto.com/specs/repository">Repository specification</a>
 */
public final class RepoExportFetcher implements RecordFetcher {

  /** How far in the future a rev may be, for clocks that go wrong. */
  public static final Duration MOST_AHEAD = Duration.ofMinutes(5);

  /** The largest repo that is fetched, in bytes. */
  public static final long MOST_BYTES = 8L << 30;

  final XrpcClient client;
  final RepoReader reader;
  final ListRecordsFetcher listing;
  final boolean verifySignatures;
  final OldKeyCommits oldKeyCommits;
  private final @Nullable InstantSource clock;

  private RepoExportFetcher(Builder with, RepoReader reader) {
    this.client = with.client;
    this.reader = reader;
    this.listing = with.listing == null ? new ListRecordsFetcher(with.client) : with.listing;
    this.verifySignatures = with.verifySignatures;
    this.oldKeyCommits = with.oldKeyCommits;
    this.clock = with.clock;
  }

  /** The time by which a rev of this repo is found to be in the future. */
  Instant time(FetchRequest request) {
    InstantSource given = clock == null ? request.clock() : clock;
    return (given == null ? InstantSource.system() : given).instant();
  }

  /** Reads through {@code client}, which stays the caller's to close; with the defaults. */
  public static RepoExportFetcher of(XrpcClient client) {
    return builder(client).build();
  }

  /** A builder with the defaults. */
  public static Builder builder(XrpcClient client) {
    return new Builder(client);
  }

  @Override
  public RepoReading open(FetchRequest request, FetchChoice choice) {
    return open(request, ReadingMeter.NONE);
  }

  RepoReading open(FetchRequest request, ReadingMeter meter) {
    return new ExportReading(this, request, meter);
  }

  @Override
  public FetchChoice choice(FetchRequest request) {
    return new FetchChoice(
        FetchChoice.Way.EXPORT, "chosen for every repo", requests(request), Duration.ZERO);
  }

  /** The repo, and where that may spare it, the question whether it moved at all. */
  static int requests(FetchRequest request) {
    return request.held().unchangedAt() == null ? 1 : 2;
  }

  /** What can be chosen about the fetcher. Not thread-safe. */
  public static final class Builder {

    private final XrpcClient client;
    private @Nullable RepoReader reader;
    private @Nullable ListRecordsFetcher listing;
    private boolean verifySignatures = true;
    private OldKeyCommits oldKeyCommits = OldKeyCommits.LIST;
    private @Nullable InstantSource clock;

    private Builder(XrpcClient client) {
      this.client = Objects.requireNonNull(client, "client");
    }

    /** How repos are read: limits, memory, where temporary files go. It stays the caller's. */
    public Builder reader(RepoReader reader) {
      this.reader = reader;
      return this;
    }

    /** How repos are read that do not come whole. */
    public Builder listing(ListRecordsFetcher listing) {
      this.listing = listing;
      return this;
    }

    /**
     * Whether commits must be signed by their account's key; default true. Without, a repo is
     * believed as far as its own hashes go, and no key is looked up.
     */
    public Builder verifySignatures(boolean verify) {
      this.verifySignatures = verify;
      return this;
    }

    /** Default {@link OldKeyCommits#LIST}. */
    public Builder oldKeyCommits(OldKeyCommits policy) {
      this.oldKeyCommits = policy;
      return this;
    }

    /** By which a rev is found to be in the future; default that of the request. */
    public Builder clock(InstantSource clock) {
      this.clock = clock;
      return this;
    }

    /** The fetcher. */
    public RepoExportFetcher build() {
      return new RepoExportFetcher(this, reader == null ? RepoReader.builder().build() : reader);
    }
  }
}
