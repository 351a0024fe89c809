package io.github.atprotobackfill.xrpc;

import io.github.atprotobackfill.syntax.Nsid;
import java.net.URI;

/**
 * Calls XRPC queries over {@code java.net.http}, believing nothing a host says.
 *
 * <p>Every exchange has a deadline as a whole, a first-byte and a throughput floor, a cap on the
 * size of the (decompressed) body, and passes the address guard on each redirect hop. Requests are
 * spent from the host's {@link HostBudget}: a short wait is waited out here, a parked host fails at
 * once with {@link io.github.atprotobackfill.failure.ErrorKind#RATE_LIMITED} without being asked.
 * Failures that may pass are retried a few times with jitter.
 *
 * <p>Thread-safe. All calls block and are interruptible; an interrupt closes the connection.
 */
public final class XrpcClient implements AutoCloseable {

  XrpcClient() {}

  /** A client with the defaults: https on 443 to public addresses only. */
  public static XrpcClient create() {
    return builder().build();
  }

  public static XrpcClientBuilder builder() {
    throw new UnsupportedOperationException();
  }

  /**
   * Asks {@code service} for {@code method}.
   *
   * @throws XrpcException when there is no successful answer
   */
  public XrpcResponse query(ServiceUrl service, Nsid method, XrpcParams params)
      throws InterruptedException {
    throw new UnsupportedOperationException();
  }

  /**
   * Fetches a document that is not XRPC, such as a DID document, under the same rules; redirects
   * are refused.
   *
   * @param maxBytes the cap on this body
   * @throws XrpcException when there is no 2xx answer
   */
  public XrpcResponse get(URI uri, long maxBytes) throws InterruptedException {
    throw new UnsupportedOperationException();
  }

  /** What the host of {@code service} still allows. */
  public HostBudget budget(ServiceUrl service) {
    throw new UnsupportedOperationException();
  }

  /** Whether private addresses, plain http and odd ports are allowed. */
  public boolean allowsPrivateHosts() {
    throw new UnsupportedOperationException();
  }

  /** Closes what this client opened; an {@code HttpClient} handed in stays open. */
  @Override
  public void close() {}
}
