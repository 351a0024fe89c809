/**
 * Back-fills records of AT Protocol repositories into a store of the host's own. Start at {@link
 * io.github.atprotobackfill.Backfill}.
 */
module io.github.atprotobackfill {
  requires transitive com.fasterxml.jackson.databind;
  requires transitive java.net.http;
  requires com.github.benmanes.caffeine;
  // Handles are looked up in DNS through the JDK's own provider.
  requires java.naming;
  requires jdk.naming.dns;
  requires org.bouncycastle.provider;
  requires org.slf4j;
  requires static transitive org.jspecify;

  exports io.github.atprotobackfill;
  exports io.github.atprotobackfill.failure;
  exports io.github.atprotobackfill.fetch;
  exports io.github.atprotobackfill.identity;
  exports io.github.atprotobackfill.progress;
  exports io.github.atprotobackfill.repo;
  exports io.github.atprotobackfill.sink;
  exports io.github.atprotobackfill.source;
  exports io.github.atprotobackfill.syntax;
  exports io.github.atprotobackfill.xrpc;
}
