package io.github.atprotobackfill.identity;

/**
 * The key that signs a repo's commits, as the DID document spells it.
 *
 * @param type the verification method's type, for example {@code Multikey}
 * @param publicKeyMultibase the key's text
 */
public record SigningKey(String type, String publicKeyMultibase) {}
