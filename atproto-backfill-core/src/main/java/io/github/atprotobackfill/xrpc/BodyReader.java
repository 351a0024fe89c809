package io.github.atprotobackfill.xrpc;

import java.io.IOException;
import java.io.InputStream;

/**
 * Reads the body of one successful answer while it arrives.
 *
 * @param <T> what it makes of it
 */
@FunctionalInterface
public interface BodyReader<T> {

  /**
   * Is called once for a call, on the caller's thread.
   *
   * <p>When the connection breaks off, or a limit of the client is met, {@code body} throws an
   * {@link IOException} with an {@link XrpcException} for its cause. When the thread is interrupted
   * it throws a {@link java.io.InterruptedIOException} and leaves the thread interrupted.
   *
   * @param servedBy the service that answered, after redirects
   * @param body the decoded body; good until this returns, need not be read to its end nor closed,
   *     and is not thread-safe
   */
  T read(ServiceUrl servedBy, InputStream body) throws IOException, InterruptedException;
}
