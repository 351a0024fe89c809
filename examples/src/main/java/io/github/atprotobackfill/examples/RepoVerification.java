package io.github.atprotobackfill.examples;

import io.github.atprotobackfill.examples.RepoVerdict.Outcome;
import io.github.atprotobackfill.failure.BackfillException;
import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.fetch.RepoExportFetcher;
import io.github.atprotobackfill.identity.DidResolutionException;
import io.github.atprotobackfill.identity.SigningKey;
import io.github.atprotobackfill.repo.InvalidRepoException;
import io.github.atprotobackfill.repo.RecordCursor;
import io.github.atprotobackfill.repo.Repo;
import io.github.atprotobackfill.repo.RepoCommit;
import io.github.atprotobackfill.repo.RepoKey;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Everything about one repo that can be proven, asked one after the other. */
final class RepoVerification {

  private final RepoVerdict verdict = new RepoVerdict();
  private final InstantSource clock = InstantSource.system();

  /** Where the key comes from that must have signed the commit. */
  record Signer(@Nullable RepoKey given, boolean asked, NetworkOptions network) {}

  /** The verdict on what {@code input} names. */
  static RepoVerdict of(RepoInput input, Signer signer, Console console)
      throws InterruptedException {
    RepoVerification verification = new RepoVerification();
    try (Repo repo = input.open(signer.network(), console)) {
      verification.verify(repo, signer);
    } catch (BackfillException e) {
      if (!ExitStatus.isOfRepo(e)) {
        throw e;
      }
      verification.verdict.add("repo", Outcome.WRONG, Failure.of(e).toString());
    }
    return verification.verdict;
  }

  private void verify(Repo repo, Signer signer) throws InterruptedException {
    verdict.about(repo.commit());
    verdict.add(
        "hashes",
        Outcome.PROVEN,
        Quantity.of(repo.blockCount(), "block") + ", each with the hash that it is named by");
    verdict.add(
        "tree",
        Outcome.PROVEN,
        "valid and complete, with " + Quantity.of(repo.recordCount(), "record"));
    verifyRecords(repo.records());
    verifyTime(repo.commit());
    verifySignature(repo.commit(), signer);
  }

  private void verifyRecords(RecordCursor records) {
    long bad = 0;
    String first = "";
    while (records.next()) {
      try {
        records.json();
      } catch (InvalidRepoException e) {
        first = bad++ == 0 ? String.valueOf(e.getMessage()) : first;
      }
    }
    if (bad == 0) {
      verdict.add("records", Outcome.PROVEN, "each is valid DAG-CBOR");
    } else {
      verdict.add(
          "records", Outcome.WRONG, Quantity.of(bad, "record") + " malformed; the first: " + first);
    }
  }

  private void verifyTime(RepoCommit commit) {
    long latest = clock.instant().plus(RepoExportFetcher.MOST_AHEAD).getEpochSecond();
    if (commit.rev().micros() > TimeUnit.SECONDS.toMicros(latest)) {
      verdict.add("time", Outcome.WRONG, "the rev is in the future");
    }
  }

  // ---- the signature

  private void verifySignature(RepoCommit commit, Signer signer) throws InterruptedException {
    if (!signer.asked()) {
      verdict.add("signature", Outcome.NOT_ASKED, "anybody may have made this commit");
    } else if (signer.given() != null) {
      verifySignature(commit, signer.given(), "as given");
    } else {
      verifyByDocument(commit, signer.network());
    }
  }

  private void verifyByDocument(RepoCommit commit, NetworkOptions network)
      throws InterruptedException {
    Optional<SigningKey> named;
    try (NetworkAccess access = network.open()) {
      named = access.resolver().resolve(commit.did()).signingKey();
    } catch (DidResolutionException e) {
      verdict.add("signature", Outcome.NOT_PROVEN, "no key to prove it by: " + Failure.of(e));
      return;
    }
    Optional<RepoKey> key = named.flatMap(SigningKey::repoKey);
    if (key.isEmpty()) {
      verdict.add(
          "signature", Outcome.NOT_PROVEN, "the document of " + commit.did() + " names no key");
      return;
    }
    verifySignature(commit, key.get(), "named by the document of " + commit.did());
  }

  private void verifySignature(RepoCommit commit, RepoKey key, String whence) {
    if (commit.isSignedBy(key)) {
      verdict.add("signature", Outcome.PROVEN, "by " + key + ", " + whence);
    } else {
      verdict.add("signature", Outcome.WRONG, "not by " + key + ", " + whence);
    }
  }
}
