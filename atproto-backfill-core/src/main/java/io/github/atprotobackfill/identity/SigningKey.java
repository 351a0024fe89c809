package io.github.atprotobackfill.identity;

import io.github.atprotobackfill.repo.RepoKey;
import java.util.Optional;

/**
 * The key that signs a repo's commits, as the DID document spells it: one point in two spellings.
 *
 * @param type the verification method's type: {@code Multikey}, whose text tells the curve, or
 *     {@code EcdsaSecp256k1VerificationKey2019} or {@code EcdsaSecp256r1VerificationKey2019}, whose
 *     text is the bare point, compressed or not
 * @param publicKeyMultibase the key's text
 */
public record SigningKey(String type, String publicKeyMultibase) {

  /** The key itself, decoded anew; empty when this text spells none that could sign a repo. */
  public Optional<RepoKey> repoKey() {
    return RepoKey.parse(type, publicKeyMultibase);
  }
}
