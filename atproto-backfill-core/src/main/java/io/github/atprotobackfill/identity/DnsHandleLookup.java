package io.github.atprotobackfill.identity;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Handle;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Looks for the TXT record {@code _atproto.<handle>} that says {@code did=…}. */
final class DnsHandleLookup implements HandleLookup {

  private static final String SUBDOMAIN = "_atproto.";
  private static final String PREFIX = "did=";

  private final TxtRecords dns;

  DnsHandleLookup(TxtRecords dns) {
    this.dns = dns;
  }

  @Override
  public Optional<Did> find(Handle handle) throws InterruptedException {
    List<Did> dids =
        records(handle).stream()
            .filter(text -> text.startsWith(PREFIX))
            .flatMap(text -> Did.tryParse(text.substring(PREFIX.length())).stream())
            .distinct()
            .toList();
    if (dids.size() > 1) {
      throw new DidResolutionException(
          ErrorKind.DID_NOT_FOUND, handle + ": its DNS records name several DIDs: " + dids, null);
    }
    return dids.stream().findFirst();
  }

  private List<String> records(Handle handle) throws InterruptedException {
    try {
      return dns.find(SUBDOMAIN + handle);
    } catch (IOException e) {
      throw new DidResolutionException(ErrorKind.DNS, handle + ": " + e.getMessage(), e);
    }
  }

  @Override
  public String toString() {
    return "DNS";
  }
}
