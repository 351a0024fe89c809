package io.github.atprotobackfill.testkit.network;

import io.github.atprotobackfill.syntax.Nsid;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Says what a {@link SimulatedNetwork} is made of. Not thread-safe; may be used once. */
public final class SimulatedNetworkBuilder {

  /** How many hosts there are when nothing is said. */
  public static final int DEFAULT_HOSTS = 3;

  /** How many words a record's text has on average when nothing is said. */
  public static final int DEFAULT_TEXT_WORDS = 12;

  long seed = 1;
  int hosts = DEFAULT_HOSTS;
  double zipfOfHosts;
  RepoSizes sizes = RepoSizes.logNormal(20, 1);
  int textWords = DEFAULT_TEXT_WORDS;
  int firstPort;
  boolean legacyDocuments;
  boolean signedHeads = true;
  boolean gzip = true;
  BlockOrder blockOrder = BlockOrder.NEWEST_FIRST;
  final Map<Integer, BlockOrder> blockOrders = new HashMap<>();
  final Map<AccountStatus, Integer> accounts = new EnumMap<>(AccountStatus.class);
  final Map<String, Double> collections = new LinkedHashMap<>();
  Consumer<SimulatedRequest> log = request -> {};
  InstantSource clock = InstantSource.system();
  Pause pause = Pause.SLEEP;

  SimulatedNetworkBuilder() {}

  /** From what everything is made: equal seeds and settings give equal networks, ports apart. */
  public SimulatedNetworkBuilder seed(long number) {
    seed = number;
    return this;
  }

  /** How many personal data servers there are; default {@value #DEFAULT_HOSTS}. */
  public SimulatedNetworkBuilder hosts(int count) {
    atLeast(1, count, "hosts");
    hosts = count;
    return this;
  }

  /** The n-th host has {@code 1 / n^exponent} times as many accounts as the first; default even. */
  public SimulatedNetworkBuilder zipfSpread(double exponent) {
    zipfOfHosts = exponent;
    return this;
  }

  /** How many active accounts there are. */
  public SimulatedNetworkBuilder accounts(int count) {
    return accounts(AccountStatus.ACTIVE, count);
  }

  /**
   * How many accounts there are of one status. {@link AccountStatus#MIGRATED} and {@link
   * AccountStatus#MISDIRECTED} need two hosts; each of {@link AccountStatus#DID_WEB} takes a port,
   * since such a DID is the name of a host.
   */
  public SimulatedNetworkBuilder accounts(AccountStatus status, int count) {
    atLeast(0, count, "accounts");
    accounts.put(status, count);
    return this;
  }

  /** Adds {@code count} accounts of every status, migrated and misdirected ones included. */
  public SimulatedNetworkBuilder accountsOfEveryStatus(int count) {
    atLeast(0, count, "accounts");
    for (AccountStatus status : AccountStatus.values()) {
      accounts.merge(status, count, Integer::sum);
    }
    return this;
  }

  /** How many records each account has, over all collections; default log-normal, median 20. */
  public SimulatedNetworkBuilder repoSizes(RepoSizes distribution) {
    sizes = distribution;
    return this;
  }

  /**
   * Adds a collection, in which an account has records in proportion to {@code weight}. When none
   * is added there are {@code com.example.note} (1), {@code app.bsky.feed.post} (3) and {@code
   * app.bsky.graph.follow} (1).
   */
  public SimulatedNetworkBuilder collection(String nsid, double weight) {
    if (!(weight > 0)) {
      throw new IllegalArgumentException("weight must be positive: " + weight);
    }
    collections.put(Nsid.parse(nsid).value(), weight);
    return this;
  }

  /** How many words the text of a record has on average; a word is about seven bytes. */
  public SimulatedNetworkBuilder textWords(int average) {
    atLeast(1, average, "textWords");
    textWords = average;
    return this;
  }

  /**
   * Fixes the ports, so that a network started again is found where it was: the relay at {@code
   * first}, the directory at the next, then the hosts, then the {@code did:web} documents. Default:
   * whatever ports are free.
   */
  public SimulatedNetworkBuilder ports(int first) {
    atLeast(1, first, "port");
    firstPort = first;
    return this;
  }

  /**
   * Whether the directory writes documents in the form before Multikey, with relative ids, and
   * answers 404 for tombstones, as the directory's reference server does; default false.
   */
  public SimulatedNetworkBuilder legacyDocuments(boolean legacy) {
    legacyDocuments = legacy;
    return this;
  }

  /** The order of the blocks in {@code getRepo}; default {@link BlockOrder#NEWEST_FIRST}. */
  public SimulatedNetworkBuilder blockOrder(BlockOrder order) {
    blockOrder = order;
    return this;
  }

  /** The same at one personal data server, by its number from 0. */
  public SimulatedNetworkBuilder blockOrder(int host, BlockOrder order) {
    blockOrders.put(host, order);
    return this;
  }

  /**
   * Whether {@code listRepos} and {@code getLatestCommit} tell the CIDs of commits; default true.
   * For that a repo must be made and signed, which takes about 100 µs and 2 µs a record; a listing
   * of a million takes minutes. Without, they tell a CID that changes when the rev does and belongs
   * to no block; revs, and what {@code getRepo} gives, are the same.
   */
  public SimulatedNetworkBuilder signedHeads(boolean signed) {
    signedHeads = signed;
    return this;
  }

  /**
   * Whether answers are compressed for those who accept that, as the reference PDS compresses them;
   * default true.
   */
  public SimulatedNetworkBuilder gzip(boolean compress) {
    gzip = compress;
    return this;
  }

  /**
   * Is told of every request when its answer is known; called by many threads, before the bytes.
   */
  public SimulatedNetworkBuilder onRequest(Consumer<SimulatedRequest> listener) {
    log = listener;
    return this;
  }

  /**
   * The time by which {@link Fault#rateLimit} and {@link Fault#futureRev} go; default the system's.
   */
  public SimulatedNetworkBuilder clock(InstantSource source) {
    clock = source;
    return this;
  }

  /** Opens the ports and serves. */
  public SimulatedNetwork start() {
    if (collections.isEmpty()) {
      collection("com.example.note", 1);
      collection("app.bsky.feed.post", 3);
      collection("app.bsky.graph.follow", 1);
    }
    if (hosts < 2) {
      needTwoHosts(AccountStatus.MIGRATED);
      needTwoHosts(AccountStatus.MISDIRECTED);
    }
    return new SimulatedNetwork(this);
  }

  BlockOrder orderAt(int host) {
    return blockOrders.getOrDefault(host, blockOrder);
  }

  Shares spread() {
    return Shares.zipf(hosts, zipfOfHosts);
  }

  private void needTwoHosts(AccountStatus status) {
    if (accounts.getOrDefault(status, 0) > 0) {
      throw new IllegalArgumentException(status + " accounts need two hosts");
    }
  }

  private static void atLeast(int least, int given, String what) {
    if (given < least) {
      throw new IllegalArgumentException(what + " must be at least " + least + ": " + given);
    }
  }
}
