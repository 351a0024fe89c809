package io.github.atprotobackfill.identity;

import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Handle;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.util.Optional;

/**
 * What a DID document says that matters to AT Protocol (protocol: DID document parsing).
 *
 * @param did whose document it is
 * @param pds the account's host; empty when the document names none that is well-formed. Whether it
 *     may be called (plain http, a private address) is decided when it is
 * @param handle the handle it claims; a claim only
 * @param signingKey the {@code #atproto} key, as the document spells it and without a check that it
 *     is one; empty when the document names none of a type in use
 */
public record DidDocument(
    Did did, Optional<ServiceUrl> pds, Optional<Handle> handle, Optional<SigningKey> signingKey) {}
