package io.github.atprotobackfill.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.Backfill;
import io.github.atprotobackfill.BackfillJob;
import io.github.atprotobackfill.BackfillListener;
import io.github.atprotobackfill.BackfillProgress;
import io.github.atprotobackfill.BackfillRun;
import io.github.atprotobackfill.examples.NetworkTruth.Account;
import io.github.atprotobackfill.identity.DidResolvers;
import io.github.atprotobackfill.progress.JobState;
import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.sink.AccountEvent;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.sink.RecordSink;
import io.github.atprotobackfill.sink.RepoSnapshot;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.xrpc.HostPolicy;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every account of the reference servers ends as {@code docs/outcomes.md} says of its role. */
class OutcomesRealNetIT {

  private static final HostPolicy BRISK = new HostPolicy(4, 200, 200);

  private NetworkTruth truth;
  private Outcomes page;

  @BeforeEach
  void read() throws Exception {
    truth = NetworkTruth.read(System.getProperty("realnet"));
    page = Outcomes.ofThePage();
  }

  @Test
  void everyRoleIsOnThePage() {
    assertThat(page.byRole().keySet())
        .containsAll(truth.accounts().stream().map(Account::role).toList());
  }

  @Test
  void byExport() throws Exception {
    assertEndsAsThePageSays(FetchWay.EXPORT, "export");
  }

  @Test
  void byListRecords() throws Exception {
    assertEndsAsThePageSays(FetchWay.LIST_RECORDS, "list-records");
  }

  @Test
  void byWhicheverCostsLess() throws Exception {
    Seen seen = new Seen();
    read(FetchWay.AUTO, seen);
    for (Account account : truth.accounts()) {
      Outcomes.Row row = page.byRole().get(account.role());
      assertThat(seen.outcome(account))
          .as(named(account))
          .isIn(row.by("export"), row.by("list-records"));
      assertThat(seen.told(account)).as(named(account)).isEqualTo(row.told());
    }
  }

  private void assertEndsAsThePageSays(FetchWay way, String name) throws Exception {
    Seen seen = new Seen();
    BackfillProgress end = read(way, seen);

    Map<String, String> found = new TreeMap<>();
    Map<String, String> expected = new TreeMap<>();
    Map<String, Long> counted = new TreeMap<>();
    for (Account account : truth.accounts()) {
      Outcomes.Row row = page.byRole().get(account.role());
      expected.put(named(account), row.by(name) + "; told: " + row.told());
      found.put(named(account), seen.outcome(account) + "; told: " + seen.told(account));
      row.countedBy(name).forEach(kind -> counted.merge(kind, 1L, Long::sum));
    }
    assertThat(found).isEqualTo(expected);
    Map<String, Long> errors = new TreeMap<>();
    end.counts().errors().forEach((kind, count) -> errors.put(kind.code(), count));
    assertThat(errors).as("counted").isEqualTo(counted);
  }

  private BackfillProgress read(FetchWay way, Seen seen) throws Exception {
    try (XrpcClient client =
            XrpcClient.builder().allowPrivateHosts(true).hostPolicy(host -> BRISK).build();
        Backfill backfill =
            Backfill.builder()
                .client(client)
                .resolver(DidResolvers.standard(client, ServiceUrl.parse(truth.directory())))
                .fetcher(way.fetcher(client, FetchWay.Verification.FULL))
                .sink(seen)
                .listener(seen)
                .build()) {
      List<Did> dids = truth.dids().stream().map(Did::parse).toList();
      BackfillRun run = backfill.start(new BackfillJob.Repos(dids, Set.of()));
      assertThat(run.await(Duration.ofMinutes(5))).isTrue();
      assertThat(run.progress().state()).isEqualTo(JobState.COMPLETED);
      return run.progress();
    }
  }

  private static String named(Account account) {
    return account.role() + " at " + account.pdsName();
  }

  /** All that a sink and a listener are given, by account. */
  private static final class Seen implements RecordSink, BackfillListener {

    private final Map<String, Map<String, String>> records = new ConcurrentHashMap<>();
    private final Map<String, Map<String, String>> keys = new ConcurrentHashMap<>();
    private final Map<String, Set<String>> proofs = new ConcurrentHashMap<>();
    private final Map<String, String> told = new ConcurrentHashMap<>();
    private final Map<String, RepoState> ends = new ConcurrentHashMap<>();

    @Override
    public void write(List<RecordEvent> events) {
      for (RecordEvent event : events) {
        RecordPut put = (RecordPut) event;
        of(records, put.did()).put(put.uri().toString(), put.cid().toString());
        proofs
            .computeIfAbsent(put.did().value(), did -> new TreeSet<>())
            .add(put.proof().name().toLowerCase(java.util.Locale.ROOT));
      }
    }

    @Override
    public boolean wantsSnapshots() {
      return true;
    }

    @Override
    public void complete(RepoSnapshot snapshot) throws Exception {
      Map<String, String> all = of(keys, snapshot.did());
      snapshot.forEachKey(
          (collection, rkey, cid) ->
              all.put("at://" + snapshot.did() + "/" + collection + "/" + rkey, cid.toString()));
    }

    @Override
    public void account(AccountEvent event) {
      told.put(event.did().value(), event.status());
    }

    @Override
    public void repoEnded(Did did, RepoState state, String reason) {
      ends.put(did.value(), state);
    }

    private static Map<String, String> of(Map<String, Map<String, String>> by, Did did) {
      return by.computeIfAbsent(did.value(), any -> new ConcurrentHashMap<>());
    }

    String told(Account account) {
      return told.getOrDefault(account.did(), Outcomes.NOTHING);
    }

    /** What became of it, in the words of the page. */
    String outcome(Account account) {
      Map<String, String> arrived = records.getOrDefault(account.did(), Map.of());
      RepoState end = ends.get(account.did());
      if (end == RepoState.DONE) {
        assertThat(keys.getOrDefault(account.did(), Map.of()))
            .as("the keys that the sink is told in the end, of " + named(account))
            .isEqualTo(arrived);
      }
      String state = end == null ? "never ended" : end.code();
      return arrived.isEmpty()
          ? state + ": none"
          : state
              + ": "
              + words(arrived, account)
              + ", "
              + String.join(" or ", proofs.get(account.did()));
    }

    private static String words(Map<String, String> arrived, Account account) {
      Map<String, String> all = new HashMap<>(account.records());
      if (arrived.equals(all)) {
        return "all";
      }
      all.putAll(account.takenDown());
      if (arrived.equals(all)) {
        return "all and what was taken down";
      }
      List<String> wrong = new ArrayList<>(all.keySet());
      wrong.removeAll(arrived.keySet());
      return "not " + wrong.stream().limit(3).toList() + ", of " + arrived.size();
    }
  }
}
