package io.github.atprotobackfill.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.Backfill;
import io.github.atprotobackfill.BackfillJob;
import io.github.atprotobackfill.BackfillProgress;
import io.github.atprotobackfill.BackfillRun;
import io.github.atprotobackfill.identity.DidResolvers;
import io.github.atprotobackfill.syntax.AtUri;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import io.github.atprotobackfill.testkit.network.AccountStatus;
import io.github.atprotobackfill.testkit.network.RepoSizes;
import io.github.atprotobackfill.testkit.network.SimulatedAccount;
import io.github.atprotobackfill.testkit.network.SimulatedHost;
import io.github.atprotobackfill.testkit.network.SimulatedNetwork;
import io.github.atprotobackfill.xrpc.HostPolicy;
import io.github.atprotobackfill.xrpc.XrpcClient;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** After each pass the tables hold what the network has. */
class ConvergenceJobTest {

  private static final HostPolicy UNLIMITED =
      new HostPolicy(4, Double.POSITIVE_INFINITY, Integer.MAX_VALUE);

  private SimulatedNetwork network;
  private XrpcClient client;

  @BeforeEach
  void start() {
    network =
        SimulatedNetwork.builder()
            .seed(71)
            .hosts(3)
            .accounts(20)
            .accounts(AccountStatus.TAKENDOWN, 2)
            .repoSizes(RepoSizes.of(0, 3, 60, 1_500))
            .start();
    client = XrpcClient.builder().allowPrivateHosts(true).hostPolicy(host -> UNLIMITED).build();
  }

  @AfterEach
  void close() {
    client.close();
    network.close();
  }

  @ParameterizedTest
  @EnumSource(TestStorage.Kind.class)
  void theTablesHoldWhatTheNetworkHasAfterEveryPass(TestStorage.Kind kind) throws Exception {
    try (TestStorage storage = TestStorage.withSchema(kind)) {
      run(storage, true);
      assertThat(visible(storage)).isEqualTo(expected()).isNotEmpty();

      network.accounts().map(SimulatedAccount::did).forEach(this::write);
      Did hidden = network.account(3).did();
      Did gone = network.account(7).did();
      network.setStatus(hidden, AccountStatus.DEACTIVATED);
      network.setStatus(gone, AccountStatus.DELETED);
      run(storage, true, hidden, gone);
      run(storage, true);
      assertThat(visible(storage)).isEqualTo(expected());
      assertThat(held(storage, hidden)).isPositive();
      assertThat(held(storage, gone)).isZero();

      BackfillProgress again = run(storage, true);
      assertThat(again.counts().written()).isZero();
      assertThat(again.counts().deleted()).isZero();

      network.setStatus(hidden, AccountStatus.ACTIVE);
      network.setStatus(gone, AccountStatus.ACTIVE);
      network.accounts(AccountStatus.TAKENDOWN).forEach(a -> activate(a.did()));
      run(storage, true);
      assertThat(visible(storage)).isEqualTo(expected());
      assertThat(held(storage, gone)).isPositive();

      BackfillProgress all = run(storage, false);
      assertThat(all.counts().seen()).isEqualTo(expected().size());
      assertThat(all.counts().written()).as("all is read, nothing is written").isZero();
    }
  }

  private void activate(Did did) {
    network.setStatus(did, AccountStatus.ACTIVE);
  }

  private void write(Did did) {
    List<AtUri> all = network.expectedRecords(did).map(record -> record.uri()).toList();
    for (int i = 0; i < all.size(); i += 3) {
      if (i % 2 == 0) {
        network.delete(all.get(i));
      } else {
        network.put(all.get(i), "{\"text\":\"changed\"}");
      }
    }
    for (String collection : List.of("com.example.note", "com.example.note-d.x")) {
      AtUri uri = new AtUri(did, Nsid.parse(collection), RecordKey.parse("new"));
      network.put(uri, "{\"text\":\"new\"}");
    }
  }

  private BackfillProgress run(TestStorage storage, boolean skipUnchanged, Did... dids)
      throws InterruptedException {
    BackfillJob job =
        dids.length > 0
            ? new BackfillJob.Repos(List.of(dids), Set.of())
            : new BackfillJob.Hosts(
                network.hosts().stream().map(SimulatedHost::url).toList(), Set.of());
    try (Backfill backfill =
        Backfill.builder()
            .stores(storage.stores(storage.dataSource()))
            .sink(storage.sink(storage.dataSource()))
            .client(client)
            .resolver(DidResolvers.uncached(client, network.directory().url()))
            .skipUnchanged(skipUnchanged)
            .build()) {
      BackfillRun run = backfill.start(job);
      assertThat(run.await(Duration.ofMinutes(2))).as("%s", run.progress()).isTrue();
      return run.completion().toCompletableFuture().join();
    }
  }

  private Set<String> expected() {
    return network
        .expectedRecords()
        .map(record -> record.uri() + "|" + record.cid())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> visible(TestStorage storage) throws Exception {
    String p = storage.prefix();
    return new TreeSet<>(
        storage.query(
            "select r.uri, r.cid from "
                + p
                + "record r where not exists (select 1 from "
                + p
                + "account a where a.did = r.did and not a.active)"));
  }

  private static int held(TestStorage storage, Did did) throws Exception {
    return storage
        .query("select uri from " + storage.prefix() + "record where did = '" + did + "'")
        .size();
  }
}
