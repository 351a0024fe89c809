package io.github.atprotobackfill.testkit.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One port of 127.0.0.1, with a thread that accepts and a thread a connection. While it does not
 * listen it keeps its port, so that connections are refused and nobody else gets it.
 */
final class LoopbackServer implements AutoCloseable {

  /** Enough for any client of a test to connect at once. */
  private static final int BACKLOG = 1024;

  private static final int STACK_BYTES = 256 * 1024;

  /** What is done with a connection; returns when it is over. */
  @FunctionalInterface
  interface Handler {
    void handle(Socket connection) throws IOException, InterruptedException;
  }

  private final String name;
  private final Executor threads;
  private final Handler handler;

  /** Bound and never connected: it holds the port for whoever listens on it. */
  private final Socket holder;

  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Acceptor acceptor;

  private record Acceptor(ServerSocket socket, Thread thread) {}

  /**
   * Takes a port, but does not listen yet.
   *
   * @param port the port, or 0 for any that is free
   */
  LoopbackServer(String name, int port, Executor threads, Handler handler) {
    this.name = name;
    this.threads = threads;
    this.handler = handler;
    this.holder = new Socket();
    try {
      holder.setReuseAddress(true);
      holder.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot take port " + port, e);
    }
  }

  int port() {
    return holder.getLocalPort();
  }

  boolean isListening() {
    lock.lock();
    try {
      return acceptor != null;
    } finally {
      lock.unlock();
    }
  }

  void start() {
    lock.lock();
    try {
      if (acceptor != null) {
        return;
      }
      ServerSocket socket = new ServerSocket();
      socket.setReuseAddress(true);
      socket.bind(holder.getLocalSocketAddress(), BACKLOG);
      Thread thread = new Thread(null, () -> accept(socket), name + "-accept", STACK_BYTES);
      thread.setDaemon(true);
      thread.start();
      acceptor = new Acceptor(socket, thread);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot listen on port " + port(), e);
    } finally {
      lock.unlock();
    }
  }

  /** Refuses connections from now on, and cuts those there are. */
  void stop() {
    lock.lock();
    try {
      Acceptor stopping = acceptor;
      acceptor = null;
      if (stopping != null) {
        stopping.socket().close();
        // The port is free only when nobody waits in accept() any more.
        stopping.thread().join();
      }
      connections.forEach(LoopbackServer::cut);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot stop listening on port " + port(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  /** Gives the port up. */
  @Override
  public void close() {
    stop();
    cut(holder);
  }

  private void accept(ServerSocket socket) {
    while (!socket.isClosed()) {
      try {
        Socket connection = socket.accept();
        connections.add(connection);
        threads.execute(() -> serve(connection));
      } catch (IOException e) {
        // Either stop() closed it under accept(), or it cannot go on: then it refuses, and shows.
        refuse(socket);
      }
    }
  }

  private static void refuse(ServerSocket socket) {
    try {
      socket.close();
    } catch (IOException alreadyClosed) {
      // Then it refuses.
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      connection.setTcpNoDelay(true);
      handler.handle(connection);
    } catch (IOException clientGone) {
      // The client closed the connection, which is its right at any moment.
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    } finally {
      connections.remove(connection);
    }
  }

  /** Closes with a reset, which is what a client sees of a process that died. */
  static void cut(Socket connection) {
    try {
      connection.setSoLinger(true, 0);
      connection.close();
    } catch (IOException alreadyClosed) {
      // Then it is cut.
    }
  }
}
