package io.github.atprotobackfill.fetch;

/**
 * What is done about a repo whose head commit was signed by its former host. A host that takes over
 * a repo keeps the head commit as it is, so that until the account's first write there the commit
 * does not verify with the key that the DID document names now.
 */
public enum OldKeyCommits {
  /** It is read by {@code listRecords}, on its host's word; counted and named. */
  LIST,
  /** It fails. */
  REFUSE
}
