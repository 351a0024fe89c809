package io.github.atprotobackfill.examples;

import io.github.atprotobackfill.BackfillBuilder;
import picocli.CommandLine.Option;

/** How repos are read. */
final class FetchOptions {

  @Option(
      names = "--fetch",
      paramLabel = "WAY",
      converter = FetchWay.Converter.class,
      description = {
        "How repos are read: whole and proven (export), page by page (list-records), or",
        "as is expected to cost less for each repo (auto, the default)."
      })
  private FetchWay fetch = FetchWay.AUTO;

  @Option(
      names = "--verify",
      paramLabel = "WHAT",
      converter = FetchWay.VerificationConverter.class,
      description = {
        "full (the default): commits must be signed by their account's key, and CIDs are",
        "recomputed; none: hosts are believed."
      })
  private FetchWay.Verification verify = FetchWay.Verification.FULL;

  /** An engine that reads repos of {@code access} in this way. */
  BackfillBuilder engine(NetworkAccess access) {
    return access.engine().fetcher(fetch.fetcher(access.client(), verify));
  }
}
