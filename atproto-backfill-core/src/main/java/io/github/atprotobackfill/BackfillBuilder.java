package io.github.atprotobackfill;

import io.github.atprotobackfill.fetch.RecordFetcher;
import io.github.atprotobackfill.identity.DidResolver;
import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.xrpc.XrpcClient;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Configures a {@link Backfill}; not thread-safe. What is handed in is never closed by it. */
public final class BackfillBuilder {

  /** How many repos are read at once, over all hosts. */
  public static final int DEFAULT_CONCURRENCY = 64;

  private @Nullable RecordSink sink;

  BackfillBuilder() {}

  /** Where records go; required. */
  public BackfillBuilder sink(RecordSink sink) {
    this.sink = sink;
    return this;
  }

  /** Where progress is kept; default in memory, gone with the process. */
  public BackfillBuilder stores(BackfillStores stores) {
    throw new UnsupportedOperationException("" + stores);
  }

  /** How hosts are called; carries the politeness. */
  public BackfillBuilder client(XrpcClient client) {
    throw new UnsupportedOperationException("" + client);
  }

  /** How DIDs are resolved; default the public directory and did:web, cached in memory. */
  public BackfillBuilder resolver(DidResolver resolver) {
    throw new UnsupportedOperationException("" + resolver);
  }

  /** How repos are read; default {@code listRecords}. */
  public BackfillBuilder fetcher(RecordFetcher fetcher) {
    throw new UnsupportedOperationException("" + fetcher);
  }

  /** How many repos are read at once, over all hosts; default {@value #DEFAULT_CONCURRENCY}. */
  public BackfillBuilder concurrency(int most) {
    throw new UnsupportedOperationException("" + most);
  }

  /** Who is told what happens. */
  public BackfillBuilder listener(BackfillListener listener) {
    throw new UnsupportedOperationException("" + listener);
  }

  /** The clock for stored times. */
  public BackfillBuilder clock(InstantSource clock) {
    throw new UnsupportedOperationException("" + clock);
  }

  public Backfill build() {
    throw new UnsupportedOperationException("" + sink);
  }
}
