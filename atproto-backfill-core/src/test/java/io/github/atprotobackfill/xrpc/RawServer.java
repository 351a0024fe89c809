package io.github.atprotobackfill.xrpc;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server that says what no HTTP server would: each connection is handed to a script, request by
 * request, and every end of a connection that the client brings about is noted.
 */
final class RawServer implements Closeable {

  /** What to do with one request; the connection is closed when it throws or says so. */
  interface Script {
    void answer(int request, Socket connection) throws Exception;
  }

  private final ServerSocket listening;
  private final Script script;
  private final ExecutorService threads = Executors.newCachedThreadPool(new NamedThreads("raw"));
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final BlockingQueue<Integer> closedByClient = new LinkedBlockingQueue<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger requests = new AtomicInteger();
  private final List<String> heads = new CopyOnWriteArrayList<>();

  RawServer(Script script) throws IOException {
    this.script = script;
    this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  ServiceUrl url() {
    return ServiceUrl.parse("http://127.0.0.1:" + listening.getLocalPort());
  }

  int connections() {
    return connections.get();
  }

  int requests() {
    return requests.get();
  }

  /** The request line and headers of each request. */
  List<String> heads() {
    return heads;
  }

  /** Whether the client closed a connection; waits for it, since it comes over the network. */
  boolean sawClientClose() throws InterruptedException {
    return closedByClient.poll(10, TimeUnit.SECONDS) != null;
  }

  static void write(Socket connection, String text) throws IOException {
    OutputStream out = connection.getOutputStream();
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  /** Never answers: reads until the client closes the connection. */
  static void hang(Socket connection) throws IOException {
    while (connection.getInputStream().read() >= 0) {
      // The client has nothing to say; only its end is waited for.
    }
    throw new IOException("closed by the client");
  }

  /** Sends a byte now and then, until the client closes the connection. */
  static void trickle(Socket connection) throws IOException, InterruptedException {
    while (true) {
      write(connection, "x");
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  /** Sends as fast as the client reads, until the client closes the connection. */
  static void flood(Socket connection) throws IOException {
    byte[] much = new byte[64 * 1024];
    while (true) {
      connection.getOutputStream().write(much);
    }
  }

  /** Closes with a reset instead of an end of stream. */
  static void reset(Socket connection) throws IOException {
    connection.setSoLinger(true, 0);
    connection.close();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket connection = listening.accept();
        connection.setTcpNoDelay(true);
        open.add(connection);
        int number = connections.incrementAndGet();
        threads.execute(() -> serve(number, connection));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(int number, Socket connection) {
    try (connection) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(connection.getInputStream(), StandardCharsets.ISO_8859_1), 1);
      while (readHead(in)) {
        script.answer(requests.incrementAndGet(), connection);
        if (connection.isClosed()) {
          return;
        }
      }
      closedByClient.add(number);
    } catch (Exception gone) {
      closedByClient.add(number);
    }
  }

  private boolean readHead(BufferedReader in) throws IOException {
    StringBuilder head = new StringBuilder();
    for (String line; (line = in.readLine()) != null; ) {
      if (line.isEmpty()) {
        heads.add(head.toString());
        return true;
      }
      head.append(line).append('\n');
    }
    return false;
  }

  @Override
  public void close() throws IOException {
    listening.close();
    for (Socket connection : open) {
      connection.close();
    }
    threads.shutdownNow();
  }
}
