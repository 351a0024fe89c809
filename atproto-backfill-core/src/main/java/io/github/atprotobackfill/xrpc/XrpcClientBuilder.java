package io.github.atprotobackfill.xrpc;

import java.net.http.HttpClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Function;

/** Configures an {@link XrpcClient}; not thread-safe. */
public final class XrpcClientBuilder {

  XrpcClientBuilder() {}

  /** Allows plain http, any port, and private addresses: for tests and networks of one's own. */
  public XrpcClientBuilder allowPrivateHosts(boolean allow) {
    throw new UnsupportedOperationException();
  }

  /** {@code name/version (+contact)}; hosts see who asks. */
  public XrpcClientBuilder userAgent(String userAgent) {
    throw new UnsupportedOperationException();
  }

  /** The policy for each host, by {@link ServiceUrl}; default {@link HostPolicy#DEFAULT}. */
  public XrpcClientBuilder hostPolicy(Function<ServiceUrl, HostPolicy> policy) {
    throw new UnsupportedOperationException();
  }

  /** The deadline over a whole exchange. */
  public XrpcClientBuilder deadline(Duration deadline) {
    throw new UnsupportedOperationException();
  }

  /** How long to wait for the first byte of an answer. */
  public XrpcClientBuilder firstByte(Duration firstByte) {
    throw new UnsupportedOperationException();
  }

  /** The slowest body tolerated, in bytes a second, judged over windows of ten seconds. */
  public XrpcClientBuilder minBytesPerSecond(long floor) {
    throw new UnsupportedOperationException();
  }

  /** The largest decompressed body taken by {@link XrpcClient#query}. */
  public XrpcClientBuilder maxBodyBytes(long most) {
    throw new UnsupportedOperationException();
  }

  /** How often, and how soon, a failed exchange is tried again. */
  public XrpcClientBuilder retry(RetryPolicy retry) {
    throw new UnsupportedOperationException();
  }

  /** Who is told of each exchange. */
  public XrpcClientBuilder listener(XrpcListener listener) {
    throw new UnsupportedOperationException();
  }

  /** A client to use instead of one of our own; it must not follow redirects. */
  public XrpcClientBuilder httpClient(HttpClient client) {
    throw new UnsupportedOperationException();
  }

  /** The wall clock that absolute header times are compared with. */
  public XrpcClientBuilder clock(InstantSource clock) {
    throw new UnsupportedOperationException();
  }

  public XrpcClient build() {
    throw new UnsupportedOperationException();
  }
}
