package io.github.atprotobackfill.testkit.network;

import io.github.atprotobackfill.syntax.AtUri;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Handle;
import io.github.atprotobackfill.syntax.Tid;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * An AT Protocol network in this process: a relay, a PLC directory, hosts with their accounts and
 * records, and documents of {@code did:web}, all on real sockets of 127.0.0.1.
 *
 * <p>Everything is made from a seed when it is asked for, so a million accounts cost no memory;
 * only what a test changes is kept. The network knows the truth about itself: {@link
 * #expectedRecords} is what a correct backfill finds. Repos are signed. Thread-safe.
 */
public final class SimulatedNetwork implements AutoCloseable {

  private final ExecutorService threads = ConnectionThreads.create();
  private final SimulatedHost relay;
  private final SimulatedHost directory;
  private final List<SimulatedHost> hosts;
  private final List<SimulatedHost> webHosts;
  private final World world;
  private final Repos repos;

  SimulatedNetwork(SimulatedNetworkBuilder plan) {
    PortTaker ports = new PortTaker(plan, threads);
    this.relay = ports.take("relay");
    this.directory = ports.take("directory");
    this.hosts = ports.take("pds", plan.hosts);
    this.webHosts = ports.take("web", plan.accounts.getOrDefault(AccountStatus.DID_WEB, 0));
    List<String> webDids =
        webHosts.stream().map(host -> "did:web:localhost%3A" + host.url().port()).toList();
    this.world = new World(new Population(plan, webDids), plan.seed, plan.textWords);
    this.repos = new Repos(world, new SigningKeys(plan.seed), plan.signedHeads, plan.clock);
    serve(plan, webDids);
  }

  private void serve(SimulatedNetworkBuilder plan, List<String> webDids) {
    var documents =
        new DidDocuments(
            world,
            hosts.stream().map(SimulatedHost::url).toList(),
            repos.keys(),
            plan.legacyDocuments);
    directory.serve(new DirectoryService(world, documents));
    for (int k = 0; k < hosts.size(); k++) {
      hosts
          .get(k)
          .serve(new PdsService(world, repos, documents, plan.orderAt(k), k, hosts.get(k).url()));
    }
    for (int k = 0; k < webHosts.size(); k++) {
      webHosts.get(k).serve(new DidWebService(world, documents, webDids.get(k)));
    }
    relay.serve(new RelayService(world, repos, hosts));
  }

  /** A builder with the defaults; see its methods. */
  public static SimulatedNetworkBuilder builder() {
    return new SimulatedNetworkBuilder();
  }

  /** The relay with its collection directory. */
  public SimulatedHost relay() {
    return relay;
  }

  /** The PLC directory. */
  public SimulatedHost directory() {
    return directory;
  }

  /** The personal data servers. */
  public List<SimulatedHost> hosts() {
    return hosts;
  }

  /** The personal data server with this number, from 0. */
  public SimulatedHost host(int number) {
    return hosts.get(number);
  }

  /** Where the documents of {@code did:web} accounts are served, one each. */
  public List<SimulatedHost> webHosts() {
    return webHosts;
  }

  /** How many accounts there are, of every status. */
  public int size() {
    return world.population.size();
  }

  /** The account with this number, from 0. */
  public SimulatedAccount account(int number) {
    Objects.checkIndex(number, size());
    return world.read(() -> describe(world.account(number)));
  }

  /**
   * The account with this DID.
   *
   * @throws NoSuchElementException when there is none
   */
  public SimulatedAccount account(Did did) {
    return account(number(did));
  }

  /** All accounts in the order of their numbers, made as they are consumed. */
  public Stream<SimulatedAccount> accounts() {
    return IntStream.range(0, size()).mapToObj(this::account);
  }

  /** The accounts that have this status now. */
  public Stream<SimulatedAccount> accounts(AccountStatus status) {
    return accounts().filter(account -> account.status() == status);
  }

  /**
   * The records that a correct backfill finds now: of every account that the host named in its DID
   * document serves, in the given collections, or in all when none is given. Made as they are
   * consumed, ordered by account, collection and key.
   */
  public Stream<ExpectedRecord> expectedRecords(String... collections) {
    return IntStream.range(0, size())
        .boxed()
        .flatMap(number -> new Truth(world).records(number, List.of(collections)));
  }

  /** The same of one account. */
  public Stream<ExpectedRecord> expectedRecords(Did did, String... collections) {
    return new Truth(world).records(number(did), List.of(collections));
  }

  /**
   * The newest commit of an account's repo now, be it served or not.
   *
   * @throws NoSuchElementException when there is no such account
   */
  public ExpectedCommit expectedCommit(Did did) {
    int number = number(did);
    SignedCommit commit = repos.head(repos.now(number)).commit();
    return new ExpectedCommit(
        Cid.parse(CidMaker.text(commit.cid())),
        Tid.parse(TidText.of(commit.rev())),
        Cid.parse(CidMaker.text(commit.data())),
        "did:key:" + repos.keys().of(number).multikey());
  }

  /** How a correct backfill that follows DID documents ends with this account now. */
  public ExpectedOutcome expectedOutcome(Did did) {
    return account(did).status().outcome();
  }

  /**
   * Creates or replaces a record, which moves the repo's rev on. It is there for whoever asks next.
   *
   * @param json the record, in the JSON form of the data model
   * @return its CID
   */
  public Cid put(AtUri uri, String json) {
    StoredRecord record = RecordData.parse(uri.rkey().value(), json);
    world.put(number(uri.did()), uri.collection().value(), record);
    return Cid.parse(record.cid());
  }

  /** Deletes a record, which moves the repo's rev on; false when there is none. */
  public boolean delete(AtUri uri) {
    return world.delete(number(uri.did()), uri.collection().value(), uri.rkey().value());
  }

  /**
   * Lets an account stand otherwise from now on. {@link AccountStatus#EMPTIED} deletes its records;
   * to move it, see {@link #migrate}; its kind of DID cannot change.
   */
  public void setStatus(Did did, AccountStatus status) {
    if (status == AccountStatus.MIGRATED || status == AccountStatus.DID_WEB) {
      throw new IllegalArgumentException("not a status to be set: " + status);
    }
    if (status == AccountStatus.MISDIRECTED && hosts.size() < 2) {
      throw new IllegalArgumentException(status + " accounts need two hosts");
    }
    world.setStatus(number(did), status);
  }

  /** Moves an account: its document names {@code to}, and its old host lists it as deactivated. */
  public void migrate(Did did, SimulatedHost to) {
    int host = hosts.indexOf(to);
    if (host < 0) {
      throw new IllegalArgumentException("not a personal data server of this network: " + to);
    }
    world.migrate(number(did), host);
  }

  /** Closes all ports and connections. */
  @Override
  public void close() {
    relay.close();
    directory.close();
    hosts.forEach(SimulatedHost::close);
    webHosts.forEach(SimulatedHost::close);
    threads.shutdownNow();
  }

  private int number(Did did) {
    int number = world.population.account(did.value());
    if (number < 0) {
      throw new NoSuchElementException("not an account of this network: " + did);
    }
    return number;
  }

  private SimulatedAccount describe(Account account) {
    Population population = world.population;
    return new SimulatedAccount(
        account.number,
        Did.parse(population.did(account.number)),
        Handle.parse(population.handle(account.number)),
        account.status(),
        hosts.get(account.home()),
        Tid.parse(world.rev(account)));
  }
}
