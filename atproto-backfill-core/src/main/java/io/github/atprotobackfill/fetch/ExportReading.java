package io.github.atprotobackfill.fetch;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.repo.InvalidRepoException;
import io.github.atprotobackfill.repo.RecordCursor;
import io.github.atprotobackfill.repo.Repo;
import io.github.atprotobackfill.repo.RepoCommit;
import io.github.atprotobackfill.repo.RepoKey;
import io.github.atprotobackfill.sink.Proof;
import io.github.atprotobackfill.sink.RepoSnapshot;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.Tid;
import io.github.atprotobackfill.xrpc.XrpcException;
import java.time.Instant;
import java.util.List;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One repo being read whole: a turn that asks whether it moved, if that is worth a request; one
 * that fetches and checks it; then its records, for which no host is needed.
 */
final class ExportReading implements RepoReading {

  /** Times that a repo is fetched of which blocks are missing. */
  private static final int TRIES_AT_INCOMPLETE = 2;

  private final RepoExportFetcher with;
  private final FetchRequest request;
  private final HostRepo host;
  private final ReadingMeter meter;

  private boolean mayBeUnchanged;
  private int incomplete;
  private @Nullable Repo repo;
  private @Nullable ExportMerge merge;
  private @Nullable RepoReading instead;
  private boolean over;

  ExportReading(RepoExportFetcher with, FetchRequest request, ReadingMeter meter) {
    this.with = with;
    this.meter = meter;
    this.request = request;
    this.host = new HostRepo(with.client, request.pds(), request.did());
    this.mayBeUnchanged = request.held().unchangedAt() != null;
  }

  @Override
  public Nsid method() {
    return instead == null && !mayBeUnchanged ? HostRepo.GET_REPO : HostRepo.LIST_RECORDS;
  }

  @Override
  public boolean atHand() {
    return instead == null ? merge != null : instead.atHand();
  }

  @Override
  public FetchTurn turn() throws InterruptedException {
    if (instead != null) {
      return instead.turn();
    }
    if (over) {
      throw new IllegalStateException("the reading is over");
    }
    if (mayBeUnchanged) {
      return askWhetherItMoved();
    }
    return merge == null ? fetch() : give(merge);
  }

  private FetchTurn askWhetherItMoved() throws InterruptedException {
    Tid rev = host.latestCommit().rev();
    if (rev.equals(request.held().unchangedAt())) {
      over = true;
      return new FetchTurn.Unchanged(rev);
    }
    mayBeUnchanged = false;
    return nothingYet(List.of());
  }

  // ---- fetching

  private FetchTurn fetch() throws InterruptedException {
    // Before a host is asked, so that a directory that is away is noticed first.
    RepoKey key = with.verifySignatures ? request.key().get(false) : null;
    // Before, too, so that a sink that is asked ahead answers while the repo comes.
    HeldMerge held = new HeldMerge(request.held().records(), request.did());
    NavigableSet<Nsid> heldCollections = heldInScope(held);
    Repo fetched;
    long asked = System.nanoTime();
    try {
      fetched = host.export(with.reader);
      meter.exported(fetched.carBytes(), (System.nanoTime() - asked) / 1e9);
    } catch (InvalidRepoException e) {
      return tryAgainOrList(e);
    } catch (XrpcException e) {
      return listUnlessOffered(e);
    }
    boolean taken = false;
    try {
      Optional<Failure> unproven = check(fetched.commit(), key);
      if (unproven.isPresent()) {
        return list(unproven.get());
      }
      begin(fetched, rev(fetched.commit()), held, heldCollections);
      taken = true;
    } finally {
      if (!taken) {
        fetched.close();
      }
    }
    return give(Objects.requireNonNull(merge));
  }

  private FetchTurn tryAgainOrList(InvalidRepoException e) {
    String what = named(String.valueOf(e.getMessage()));
    if (e.kind() != ErrorKind.INCOMPLETE_REPO) {
      throw new RepoRefusedException(e.kind(), what, e);
    }
    Failure failure = new Failure(e.kind(), what);
    return ++incomplete < TRIES_AT_INCOMPLETE ? nothingYet(List.of(failure)) : list(failure);
  }

  private FetchTurn listUnlessOffered(XrpcException e) {
    if (e.kind() != ErrorKind.NOT_SUPPORTED) {
      throw e;
    }
    meter.exportNotOffered();
    return list(Failure.of(e));
  }

  /** What could not be had whole is read by {@code listRecords}, from its beginning. */
  private FetchTurn list(Failure why) {
    instead = with.listing.open(request.withPosition(null), meter);
    return nothingYet(List.of(why));
  }

  private FetchTurn nothingYet(List<Failure> unproven) {
    return new FetchTurn.Page(List.of(), 0, () -> "", List.of(), unproven);
  }

  // ---- checking

  /**
   * Checks the commit against what was asked for.
   *
   * @param key the account's key; null where none is needed
   * @return why it is to be read by its host's word instead, if so
   */
  private Optional<Failure> check(RepoCommit commit, @Nullable RepoKey key)
      throws InterruptedException {
    if (!commit.did().equals(request.did())) {
      throw refused(ErrorKind.INVALID_CAR, "the repo is that of " + commit.did());
    }
    Instant latest = with.time(request).plus(RepoExportFetcher.MOST_AHEAD);
    if (commit.rev().micros() > TimeUnit.SECONDS.toMicros(latest.getEpochSecond())) {
      throw refused(ErrorKind.INVALID_CAR, "its rev " + commit.rev() + " is in the future");
    }
    boolean isProven =
        key == null || commit.isSignedBy(key) || commit.isSignedBy(request.key().get(true));
    return isProven ? Optional.empty() : Optional.of(whyNotSigned(commit));
  }

  /** The protocol has no mark for it: a host that took a repo over tells a newer rev of it. */
  private Failure whyNotSigned(RepoCommit commit) throws InterruptedException {
    HostRepo.LatestCommit latest = host.latestCommit();
    boolean takenOver =
        commit.cid().text().equals(latest.cid()) && latest.rev().compareTo(commit.rev()) > 0;
    if (!takenOver) {
      throw refused(ErrorKind.BAD_SIGNATURE, "its commit is not signed by the account's key");
    }
    String what = "its head commit is signed by a key from before it came to this host";
    if (with.oldKeyCommits == OldKeyCommits.REFUSE) {
      throw refused(ErrorKind.OLD_KEY_COMMIT, what);
    }
    return new Failure(ErrorKind.OLD_KEY_COMMIT, named(what));
  }

  /**
   * The rev as of which the repo is given: the commit's, or the newer one that its host tells of
   * the same commit.
   */
  private Tid rev(RepoCommit commit) throws InterruptedException {
    Tid notBefore = request.held().notBefore();
    if (notBefore == null || commit.rev().compareTo(notBefore) >= 0) {
      return commit.rev();
    }
    HostRepo.LatestCommit latest = host.latestCommit();
    if (commit.cid().text().equals(latest.cid()) && latest.rev().compareTo(notBefore) >= 0) {
      return latest.rev();
    }
    throw refused(
        ErrorKind.STALE_REPO, "its rev " + commit.rev() + " is older than " + notBefore + ", held");
  }

  private RepoRefusedException refused(ErrorKind kind, String what) {
    return new RepoRefusedException(kind, named(what), null);
  }

  private String named(String what) {
    return request.pds().authority() + " " + HostRepo.GET_REPO + " " + request.did() + ": " + what;
  }

  // ---- giving

  private void begin(Repo fetched, Tid rev, HeldMerge held, NavigableSet<Nsid> heldCollections) {
    Optional<ExportPosition> reached =
        Optional.ofNullable(request.position())
            .filter(text -> !request.snapshot())
            .flatMap(ExportPosition::parse)
            .filter(position -> position.rev().equals(rev));
    RecordCursor records =
        reached.isPresent()
            ? fetched.recordsAfter(
                request.collections(), reached.get().collection(), reached.get().rkey())
            : fetched.records(request.collections());
    Proof proof = with.verifySignatures ? Proof.SIGNED : Proof.HASHED;
    Cid commit = fetched.commit().cid().text();
    ExportMerge begun =
        new ExportMerge(request.did(), rev, commit, proof, records, held, heldCollections);
    reached.ifPresent(position -> begun.beginAfter(position.collection(), position.rkey()));
    repo = fetched;
    merge = begun;
  }

  private NavigableSet<Nsid> heldInScope(HeldMerge held) throws InterruptedException {
    NavigableSet<Nsid> inScope = new TreeSet<>(held.collections());
    if (!request.collections().isEmpty()) {
      inScope.retainAll(request.collections());
    }
    return inScope;
  }

  private FetchTurn give(ExportMerge from) throws InterruptedException {
    if (from.isOver()) {
      over = true;
      Optional<RepoSnapshot> snapshot =
          request.snapshot()
              ? Optional.of(from.snapshot(request.collections(), Objects.requireNonNull(repo)))
              : Optional.empty();
      return new FetchTurn.Finished(from.rev(), false, snapshot);
    }
    PageInMaking made = from.mergeOn();
    ExportPosition reached = from.position();
    return made.page(() -> reached == null ? "" : reached.text());
  }

  @Override
  public void close() {
    if (repo != null) {
      repo.close();
    }
    if (instead != null) {
      instead.close();
    }
  }
}
