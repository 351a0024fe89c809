package io.github.atprotobackfill.testkit.network;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** Writes the answers of one connection, in full or as a fault wants it (RFC 9112). */
final class HttpWriter {

  private static final int LEAST_COMPRESSED = 1024;
  private static final byte[] PADDING = new byte[16 * 1024];

  static {
    Arrays.fill(PADDING, (byte) ' ');
  }

  private final Socket connection;
  private final OutputStream out;
  private final Pause pause;
  private final boolean gzip;

  /**
   * @param gzip whether answers are compressed for those who accept it
   */
  HttpWriter(Socket connection, Pause pause, boolean gzip) throws IOException {
    this.connection = connection;
    this.pause = pause;
    this.gzip = gzip;
    this.out = connection.getOutputStream();
  }

  /**
   * Writes one answer.
   *
   * @param sent called before the last byte goes out, so that whoever has read the answer finds it
   *     counted as over
   * @return whether the connection can be used again
   */
  boolean write(HttpRequest request, HttpAnswer answer, Delivery delivery, Runnable sent)
      throws IOException, InterruptedException {
    if (delivery.latencyMillis() > 0) {
      pause.millis(delivery.latencyMillis());
    }
    if (delivery.ending() instanceof Delivery.Ending.Silence) {
      awaitClient();
      sent.run();
      return false;
    }
    RepoExport export = answer.export();
    if (export != null && delivery.ending() instanceof Delivery.Ending.Whole) {
      stream(request, answer, export, delivery, sent);
      return request.keepAlive();
    }
    return writeHeld(request, answer.held(), delivery, sent);
  }

  private boolean writeHeld(
      HttpRequest request, HttpAnswer answer, Delivery delivery, Runnable sent) throws IOException {
    Delivery.Ending ending = delivery.ending();
    if (ending instanceof Delivery.Ending.Padded padded) {
      writePadded(answer, padded, sent);
      return false;
    }
    boolean compressed = compresses(request) && answer.body().length >= LEAST_COMPRESSED;
    byte[] body = compressed ? compress(answer.body()) : answer.body();
    String length = "Content-Length: " + body.length + "\r\n";
    byte[] head = head(answer, length + encoding(compressed) + persistence(request.keepAlive()));
    boolean reset = ending instanceof Delivery.Ending.Reset;
    int count = request.verb().equals("HEAD") ? 0 : reset ? body.length / 2 : body.length;
    boolean slow = delivery.bytesPerSecond() < Long.MAX_VALUE;
    if (slow) {
      out.write(head);
      trickle(body, count, delivery.bytesPerSecond(), sent);
    } else {
      byte[] whole = Arrays.copyOf(head, head.length + count);
      System.arraycopy(body, 0, whole, head.length, count);
      sent.run();
      out.write(whole);
    }
    if (reset) {
      LoopbackServer.cut(connection);
    }
    return !reset && request.keepAlive();
  }

  /** A repo is made while it is sent. */
  private void stream(
      HttpRequest request, HttpAnswer answer, RepoExport export, Delivery delivery, Runnable sent)
      throws IOException {
    boolean compresses = compresses(request);
    String framing = "Transfer-Encoding: chunked\r\n" + encoding(compresses);
    byte[] head = head(answer, framing + persistence(request.keepAlive()));
    if (request.verb().equals("HEAD")) {
      sent.run();
      out.write(head);
      return;
    }
    boolean slow = delivery.bytesPerSecond() < Long.MAX_VALUE;
    OutputStream wire = slow ? new SlowOutput(out, delivery.bytesPerSecond(), pause) : out;
    ChunkedOutput chunks = new ChunkedOutput(wire, head);
    if (compresses) {
      GZIPOutputStream compressed = gzip(chunks);
      export.writeTo(compressed);
      compressed.finish();
    } else {
      export.writeTo(chunks);
    }
    chunks.finish(sent);
  }

  private boolean compresses(HttpRequest request) {
    return gzip && request.acceptsGzip();
  }

  private void trickle(byte[] body, int count, long bytesPerSecond, Runnable sent)
      throws IOException {
    int last = Math.max(0, count - 1);
    new SlowOutput(out, bytesPerSecond, pause).write(body, 0, last);
    sent.run();
    out.write(body, last, count - last);
  }

  /** The body, then white space where its last brace belongs, then the brace. */
  private void writePadded(HttpAnswer answer, Delivery.Ending.Padded padded, Runnable sent)
      throws IOException {
    String framing = "Connection: close\r\n" + encoding(padded.gzip());
    out.write(head(answer, framing));
    OutputStream body = padded.gzip() ? gzip(out) : out;
    byte[] json = answer.body();
    int last = Math.max(0, json.length - 1);
    body.write(json, 0, last);
    for (long left = padded.bytes() - json.length; left > 0; left -= PADDING.length) {
      body.write(PADDING, 0, (int) Math.min(left, PADDING.length));
    }
    sent.run();
    body.write(json, last, json.length - last);
    if (body instanceof GZIPOutputStream compressed) {
      compressed.finish();
    }
  }

  private void awaitClient() throws IOException {
    connection.getInputStream().transferTo(OutputStream.nullOutputStream());
  }

  private static byte[] head(HttpAnswer answer, String framing) {
    StringBuilder head = new StringBuilder(256);
    head.append("HTTP/1.1 ").append(answer.status()).append(' ').append(reason(answer.status()));
    head.append("\r\nAccess-Control-Allow-Origin: *\r\nVary: Accept-Encoding\r\nContent-Type: ");
    head.append(answer.contentType()).append("\r\n");
    answer.headers().forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
    head.append(framing).append("\r\n");
    return head.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String persistence(boolean keepAlive) {
    return keepAlive ? "Connection: keep-alive\r\n" : "Connection: close\r\n";
  }

  private static String encoding(boolean gzip) {
    return gzip ? "Content-Encoding: gzip\r\n" : "";
  }

  private static String reason(int status) {
    return switch (status) {
      case 200 -> "OK";
      case 302 -> "Found";
      case 400 -> "Bad Request";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 410 -> "Gone";
      case 429 -> "Too Many Requests";
      case 500 -> "Internal Server Error";
      case 501 -> "Not Implemented";
      case 502 -> "Bad Gateway";
      case 503 -> "Service Unavailable";
      case 504 -> "Gateway Timeout";
      default -> "Status " + status;
    };
  }

  private static byte[] compress(byte[] body) throws IOException {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream(body.length / 2);
    try (OutputStream gzip = gzip(compressed)) {
      gzip.write(body);
    }
    return compressed.toByteArray();
  }

  private static GZIPOutputStream gzip(OutputStream to) throws IOException {
    return new GZIPOutputStream(to, 4096) {
      {
        def.setLevel(Deflater.BEST_SPEED);
      }
    };
  }
}
