package io.github.atprotobackfill.identity;

import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Handle;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.util.Optional;

/**
 * What a DID document says that matters to AT Protocol (protocol: DID document parsing).
 *
 * @param did whose document it is
 * @param pds the account's host; empty when the document names none that is usable
 * @param handle the handle it claims; a claim only
 * @param signingKey the {@code #atproto} key in {@code did:key} spelling or legacy multibase
 */
public record DidDocument(
    Did did, Optional<ServiceUrl> pds, Optional<Handle> handle, Optional<SigningKey> signingKey) {}
