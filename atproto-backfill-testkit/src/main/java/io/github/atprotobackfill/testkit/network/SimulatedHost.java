package io.github.atprotobackfill.testkit.network;

import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.io.IOException;
import java.net.Socket;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One server of a {@link SimulatedNetwork}: a personal data server, the relay, the directory, or
 * the server of a {@code did:web} document. It counts what it is asked. Thread-safe.
 */
public final class SimulatedHost {

  /** The name under which requests for DID documents are counted, which have no XRPC method. */
  public static final String DID_DOCUMENT = "did-document";

  private static final int IDLE_MILLIS = 300_000;

  private final String name;
  private final LoopbackServer server;
  private final ServiceUrl url;
  private final Counters counters = new Counters();
  private final FaultBook faults;
  private final Consumer<SimulatedRequest> log;
  private final Pause pause;
  private final boolean gzip;
  private volatile @Nullable Service service;

  SimulatedHost(String name, int port, Executor threads, SimulatedNetworkBuilder plan) {
    this.name = name;
    this.log = plan.log;
    this.pause = plan.pause;
    this.gzip = plan.gzip;
    this.faults = new FaultBook(Mix.of(plan.seed, name.hashCode()), plan.clock);
    this.server = new LoopbackServer(name, port, threads, this::handle);
    this.url = new ServiceUrl("http", "localhost", server.port());
  }

  /** {@code relay}, {@code directory}, {@code pds1}, {@code pds2} …, {@code web1} … */
  public String name() {
    return name;
  }

  /** Where it is reached, as DID documents and {@code listHosts} say it: a port of localhost. */
  public ServiceUrl url() {
    return url;
  }

  /** Requests read so far, whatever became of them. */
  public long requests() {
    return counters.total();
  }

  /** Requests of one XRPC method, or of {@link #DID_DOCUMENT}. */
  public long requests(String method) {
    return counters.of(method);
  }

  /** Requests by method, a copy in the order of the names. */
  public Map<String, Long> requestsByMethod() {
    return counters.byMethod();
  }

  /** The most requests that were ever under way at once. */
  public int maxConcurrentRequests() {
    return counters.mostUnderWay();
  }

  /** How many requests were refused by a {@link Fault#rateLimit}. */
  public long requestsOverLimit() {
    return counters.overLimitCount();
  }

  /** Orders faults, which add to those ordered before. */
  public void order(Fault... more) {
    for (Fault fault : more) {
      faults.order(fault);
    }
  }

  /** Lifts all faults. */
  public void clearFaults() {
    faults.clear();
  }

  /** Counts from zero again. */
  public void resetCounters() {
    counters.reset();
  }

  /** Refuses connections from now on, as a machine without the program does; open ones are cut. */
  public void stopListening() {
    server.stop();
  }

  /** Is reachable again, at the same URL. */
  public void listenAgain() {
    server.start();
  }

  /** Whether connections are accepted. */
  public boolean isListening() {
    return server.isListening();
  }

  void serve(Service what) {
    service = what;
    server.start();
  }

  void close() {
    server.close();
  }

  private void handle(Socket connection) throws IOException, InterruptedException {
    connection.setSoTimeout(IDLE_MILLIS);
    HttpReader reader = new HttpReader(connection.getInputStream());
    HttpWriter writer = new HttpWriter(connection, pause, gzip);
    boolean open = true;
    while (open) {
      Optional<HttpRequest> request = reader.next();
      open = request.isPresent() && exchange(request.get(), writer);
    }
  }

  private boolean exchange(HttpRequest request, HttpWriter writer)
      throws IOException, InterruptedException {
    Service serving = Objects.requireNonNull(service);
    String method = serving.method(request);
    AtomicBoolean over = new AtomicBoolean();
    Runnable sent =
        () -> {
          if (over.compareAndSet(false, true)) {
            counters.end();
          }
        };
    counters.begin(method);
    try {
      FaultBook.Exchange exchange = faults.exchange(request, method, serving);
      if (exchange.overLimit()) {
        counters.overLimit();
      }
      HttpAnswer answer = exchange.answer();
      boolean silent = exchange.delivery().ending() instanceof Delivery.Ending.Silence;
      int status = silent ? 0 : answer.status();
      log.accept(new SimulatedRequest(this, method, request.target(), status));
      return writer.write(request, answer, exchange.delivery(), sent);
    } finally {
      sent.run();
    }
  }

  @Override
  public String toString() {
    return name + " " + url;
  }
}
