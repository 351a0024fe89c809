package io.github.atprotobackfill.xrpc;

import io.github.atprotobackfill.failure.ErrorKind;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/**
 * Undoes the one {@code Content-Encoding} that we ask for; never grows past a cap.
 *
 * @param call what was asked, for failures to name
 * @param status the HTTP status of the answer
 * @param encoding the {@code Content-Encoding}; empty for none
 * @param maxBytes the largest decoded body
 */
record ContentDecoding(Call call, int status, String encoding, int maxBytes) {

  private static final int MOST_FRAMING = 1024;
  private static final int SMALLEST_GZIP = 18;
  private static final int BEST_DEFLATE_RATIO = 1032;
  private static final int INFLATER_BUFFER = 8 * 1024;

  /** How large a body may be that decodes to no more than {@code maxBytes}. */
  static long mostEncoded(long maxBytes) {
    // What does not compress is stored, in blocks with a header each, and so grows a little.
    long most = maxBytes + maxBytes / 1000L + MOST_FRAMING;
    return most < 0 ? Long.MAX_VALUE : most;
  }

  /**
   * The first {@code length} of {@code bytes}, decoded, in an array of their own size.
   *
   * @throws XrpcException when they are too large or cannot be decoded
   */
  byte[] decode(byte[] bytes, int length) {
    return switch (encoding.toLowerCase(Locale.ROOT)) {
      case "", "identity" -> bytes.length == length ? bytes : Arrays.copyOf(bytes, length);
      case "gzip", "x-gzip" -> length == 0 ? new byte[0] : unpacked(bytes, length);
      default -> {
        String detail = "unasked Content-Encoding \"" + encoding + "\"";
        throw call.failure(ErrorKind.INVALID_RESPONSE, detail, status, null);
      }
    };
  }

  private byte[] unpacked(byte[] bytes, int length) {
    try {
      return gunzip(bytes, length);
    } catch (EOFException early) {
      String detail = "the answer ends in the middle, after " + length + " packed bytes";
      throw call.failure(ErrorKind.CONNECT, detail, status, early);
    } catch (IOException notGzip) {
      String detail = "the answer is not the gzip it is said to be: " + notGzip.getMessage();
      throw call.failure(ErrorKind.INVALID_RESPONSE, detail, status, notGzip);
    }
  }

  private byte[] gunzip(byte[] bytes, int length) throws IOException {
    byte[] out = new byte[Math.min(maxBytes, likelySize(bytes, length))];
    int size = 0;
    try (GZIPInputStream in =
        new GZIPInputStream(new ByteArrayInputStream(bytes, 0, length), INFLATER_BUFFER)) {
      while (true) {
        size += in.readNBytes(out, size, out.length - size);
        int more = size < out.length ? -1 : in.read();
        if (more < 0) {
          return size == out.length ? out : Arrays.copyOf(out, size);
        }
        if (size == maxBytes) {
          String detail = "the answer unpacks to more than " + maxBytes + " bytes";
          throw call.failure(ErrorKind.RESPONSE_TOO_LARGE, detail, status, null);
        }
        out = Arrays.copyOf(out, (int) Math.min(maxBytes, 2L * Math.max(size, INFLATER_BUFFER)));
        out[size++] = (byte) more;
      }
    }
  }

  /** The size in the trailer (RFC 1952 §2.3.1), which may lie, as far as deflate can reach. */
  private static int likelySize(byte[] bytes, int length) {
    if (length < SMALLEST_GZIP) {
      return 0;
    }
    long size = 0;
    for (int i = 1; i <= Integer.BYTES; i++) {
      size = size << Byte.SIZE | (bytes[length - i] & 0xff);
    }
    return (int) Math.min(size, Math.min((long) length * BEST_DEFLATE_RATIO, Integer.MAX_VALUE));
  }
}
