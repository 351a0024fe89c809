package io.github.atprotobackfill.testkit.network;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Reads the requests of one connection, one after the other (RFC 9112). Not thread-safe. */
final class HttpReader {

  private static final int MOST_HEAD_BYTES = 64 * 1024;

  private final InputStream in;
  private byte[] buffer = new byte[4096];
  private int length;

  HttpReader(InputStream in) {
    this.in = in;
  }

  /** The next request, or empty when the client is done. */
  Optional<HttpRequest> next() throws IOException {
    int end = headEnd(0);
    int searched = length;
    while (end < 0) {
      if (!more()) {
        return Optional.empty();
      }
      end = headEnd(Math.max(0, searched - 3));
      searched = length;
    }
    String head = new String(buffer, 0, end, StandardCharsets.ISO_8859_1);
    forget(end + 4);
    return Optional.of(parse(head));
  }

  private HttpRequest parse(String head) throws IOException {
    String[] lines = head.split("\r\n", -1);
    String[] words = lines[0].split(" ", -1);
    if (words.length != 3 || !words[1].startsWith("/")) {
      throw new IOException("not a request: " + lines[0]);
    }
    boolean gzip = false;
    boolean keepAlive = words[2].equals("HTTP/1.1");
    for (int i = 1; i < lines.length; i++) {
      String line = lines[i].toLowerCase(Locale.ROOT);
      if (line.startsWith("accept-encoding:")) {
        gzip = line.contains("gzip");
      } else if (line.startsWith("connection:")) {
        keepAlive = keepAlive && !line.contains("close");
      } else if (line.startsWith("content-length:")) {
        skip(Long.parseLong(line.substring("content-length:".length()).strip()));
      }
    }
    return HttpRequest.of(words[0], words[1], gzip, keepAlive);
  }

  private void skip(long bodyBytes) throws IOException {
    long left = bodyBytes;
    while (left > 0) {
      if (length == 0 && !more()) {
        return;
      }
      int now = (int) Math.min(left, length);
      forget(now);
      left -= now;
    }
  }

  private int headEnd(int from) {
    for (int i = from; i + 3 < length; i++) {
      if (buffer[i] == '\r'
          && buffer[i + 1] == '\n'
          && buffer[i + 2] == '\r'
          && buffer[i + 3] == '\n') {
        return i;
      }
    }
    return -1;
  }

  private boolean more() throws IOException {
    if (length == buffer.length) {
      if (length >= MOST_HEAD_BYTES) {
        throw new IOException("the request's head is too large");
      }
      buffer = Arrays.copyOf(buffer, length * 2);
    }
    int count = in.read(buffer, length, buffer.length - length);
    length += Math.max(0, count);
    return count > 0;
  }

  private void forget(int bytes) {
    System.arraycopy(buffer, bytes, buffer, 0, length - bytes);
    length -= bytes;
  }
}
