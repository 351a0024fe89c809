package io.github.atprotobackfill.identity;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Handle;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Looks a handle up in several places, the first answer counting, and believes it only when the
 * document of the DID found claims the handle.
 *
 * @see <a href="https://atproto.com/specs/handle">Handle specification</a>
 */
final class StandardHandleResolver implements HandleResolver {

  private final List<HandleLookup> lookups;
  private final DidResolver dids;
  private final boolean privateHosts;

  StandardHandleResolver(List<HandleLookup> lookups, DidResolver dids, boolean privateHosts) {
    this.lookups = List.copyOf(lookups);
    this.dids = dids;
    this.privateHosts = privateHosts;
  }

  @Override
  public Did resolve(Handle handle) throws InterruptedException {
    Optional<String> reserved = ReservedDomains.of(handle, privateHosts);
    if (reserved.isPresent()) {
      throw new DidResolutionException(
          ErrorKind.DID_UNSUPPORTED, handle + ": ." + reserved.get() + " is reserved", null);
    }
    Did did = find(handle);
    confirm(handle, did);
    return did;
  }

  private Did find(Handle handle) throws InterruptedException {
    @Nullable DidResolutionException unreachable = null;
    for (HandleLookup lookup : lookups) {
      try {
        Optional<Did> found = lookup.find(handle);
        if (found.isPresent()) {
          return found.get();
        }
      } catch (DidResolutionException e) {
        if (e.kind() == ErrorKind.DID_NOT_FOUND) {
          throw e;
        }
        if (unreachable != null) {
          e.addSuppressed(unreachable);
        }
        unreachable = e;
      }
    }
    if (unreachable != null) {
      throw unreachable;
    }
    throw new DidResolutionException(
        ErrorKind.DID_NOT_FOUND,
        handle + ": no DID is published for it (asked " + lookups + ")",
        null);
  }

  private void confirm(Handle handle, Did did) throws InterruptedException {
    if (claims(did, handle)) {
      return;
    }
    // A cached document may be older than the handle.
    dids.invalidate(did);
    if (!claims(did, handle)) {
      throw new DidResolutionException(
          ErrorKind.DID_NOT_FOUND,
          handle + ": leads to " + did + ", whose document does not claim it",
          null);
    }
  }

  private boolean claims(Did did, Handle handle) throws InterruptedException {
    try {
      return dids.resolve(did).handle().equals(Optional.of(handle));
    } catch (DidResolutionException e) {
      throw new DidResolutionException(e.kind(), handle + ": leads to " + e.getMessage(), e);
    }
  }
}
