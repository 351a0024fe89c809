package io.github.atprotobackfill.testkit.network;

import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Tid;

/**
 * The newest commit of a repo.
 *
 * @param cid its CID, which is the root of a CAR
 * @param rev the rev of the repo
 * @param data the root of the tree
 * @param key the key whose signature it bears, as a {@code did:key}
 */
public record ExpectedCommit(Cid cid, Tid rev, Cid data, String key) {}
