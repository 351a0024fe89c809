package io.github.atprotobackfill.wholejob;

import static io.github.atprotobackfill.wholejob.WholeJob.NOTE;
import static io.github.atprotobackfill.wholejob.WholeJob.POST;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.Backfill;
import io.github.atprotobackfill.BackfillJob;
import io.github.atprotobackfill.BackfillProgress;
import io.github.atprotobackfill.sink.AccountEvent;
import io.github.atprotobackfill.syntax.AtUri;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import io.github.atprotobackfill.testkit.network.AccountStatus;
import io.github.atprotobackfill.testkit.network.ExpectedOutcome;
import io.github.atprotobackfill.testkit.network.RepoSizes;
import io.github.atprotobackfill.testkit.network.SimulatedAccount;
import io.github.atprotobackfill.testkit.network.SimulatedHost;
import io.github.atprotobackfill.testkit.network.SimulatedNetwork;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** After a complete pass the sink holds what the network has, however it is read and told. */
@Timeout(120)
class ConvergenceTest {

  private static final Nsid FOLLOW = Nsid.parse("app.bsky.graph.follow");
  private static final Nsid BETWEEN = Nsid.parse("com.example.note-d.x");
  private static final Nsid WITHIN = Nsid.parse("com.example.note.d");

  /** The ways of reading a repo. */
  enum Way {
    LIST,
    EXPORT,
    AUTO
  }

  private WholeJob whole;

  @BeforeEach
  void start() {
    whole =
        new WholeJob(
            SimulatedNetwork.builder()
                .seed(41)
                .hosts(3)
                .accountsOfEveryStatus(3)
                .accounts(12)
                .repoSizes(RepoSizes.of(0, 1, 7, 40, 230))
                .start());
  }

  @AfterEach
  void close() {
    whole.close();
  }

  static Stream<Arguments> waysAndKinds() {
    return Stream.of(Way.values())
        .flatMap(way -> Stream.of(KeepingSink.Kind.values()).map(kind -> Arguments.of(way, kind)));
  }

  private KeepingSink sink(Way way, KeepingSink.Kind kind) {
    if (way == Way.LIST) {
      whole.listing();
    } else if (way == Way.EXPORT) {
      whole.exporting();
    }
    return new KeepingSink(kind);
  }

  @ParameterizedTest
  @MethodSource("waysAndKinds")
  void whatTheNetworkHasIsHeldAfterEveryPass(Way way, KeepingSink.Kind kind) throws Exception {
    KeepingSink sink = sink(way, kind);
    assertHeldAfterPass(sink, whole.everyHost());

    moveOn();
    assertHeldAfterPass(sink, whole.everyHost());

    int changes = sink.changes;
    BackfillProgress again = assertHeldAfterPass(sink, whole.everyHost());
    assertThat(sink.changes).as("nothing changed, nothing is written").isEqualTo(changes);
    assertThat(again.counts().written()).isZero();
    assertThat(again.counts().deleted()).isZero();

    comeBack();
    assertHeldAfterPass(sink, whole.everyHost());
  }

  @ParameterizedTest
  @MethodSource("waysAndKinds")
  void aPassOverSomeCollectionsTouchesNoOthers(Way way, KeepingSink.Kind kind) throws Exception {
    KeepingSink sink = sink(way, kind);
    assertHeldAfterPass(sink, whole.everyHost());
    Map<AtUri, Cid> before = sink.visible();
    moveOn();
    Map<AtUri, Cid> now = whole.expected();

    whole.run(new BackfillJob.Repos(dids(), java.util.Set.of(NOTE, WITHIN)), sink);

    Map<AtUri, Cid> held = sink.visible();
    for (SimulatedAccount account : whole.network.accounts().toList()) {
      if (account.status() != AccountStatus.ACTIVE) {
        continue;
      }
      assertThat(of(held, account.did(), NOTE)).isEqualTo(of(now, account.did(), NOTE));
      assertThat(of(held, account.did(), WITHIN)).isEqualTo(of(now, account.did(), WITHIN));
      for (Nsid other : List.of(POST, FOLLOW, BETWEEN)) {
        assertThat(of(held, account.did(), other)).isEqualTo(of(before, account.did(), other));
      }
    }
  }

  private List<Did> dids() {
    return whole.network.accounts().map(SimulatedAccount::did).toList();
  }

  private static Map<AtUri, Cid> of(Map<AtUri, Cid> records, Did did, Nsid collection) {
    Map<AtUri, Cid> some = new java.util.HashMap<>(records);
    some.keySet().removeIf(uri -> !uri.did().equals(did) || !uri.collection().equals(collection));
    return some;
  }

  @ParameterizedTest
  @MethodSource("waysAndKinds")
  void whatOtherHandsRemovedComesBackWhereAllIsRead(Way way, KeepingSink.Kind kind)
      throws Exception {
    KeepingSink sink = sink(way, kind);
    assertHeldAfterPass(sink, whole.everyHost());
    Map<AtUri, Cid> all = sink.visible();
    Did emptied = all.keySet().iterator().next().did();
    int n = 0;
    for (AtUri uri : all.keySet()) {
      if (uri.did().equals(emptied) || n++ % 5 == 0) {
        sink.removeByOtherHands(uri);
      }
    }
    int removed = all.size() - sink.visible().size();
    int changes = sink.changes;
    whole.run(whole.everyHost(), sink);
    assertThat(sink.changes).as("unchanged repos are left alone").isEqualTo(changes);

    try (Backfill backfill = whole.engine(sink).skipUnchanged(false).build()) {
      BackfillProgress ended = WholeJob.run(backfill, whole.everyHost());
      assertThat(ended.counts().written()).isEqualTo(removed);
      assertThat(ended.counts().seen()).isEqualTo(all.size());
    }
    assertThat(sink.visible()).isEqualTo(all);
  }

  @ParameterizedTest
  @MethodSource("waysAndKinds")
  void accountsAreHiddenRemovedAndShownAgain(Way way, KeepingSink.Kind kind) throws Exception {
    KeepingSink sink = sink(way, kind);
    whole.run(whole.everyHost(), sink);
    List<SimulatedAccount> active = withRecords();
    Did hidden = active.get(0).did();
    Did gone = active.get(1).did();
    final long records = sink.held(hidden);
    final long ofGone = sink.held(gone);
    whole.network.setStatus(hidden, AccountStatus.DEACTIVATED);
    whole.network.setStatus(gone, AccountStatus.DELETED);

    whole.run(named(hidden, gone), sink);

    assertThat(sink.accounts.get(hidden).active()).isFalse();
    assertThat(sink.accounts.get(hidden).status()).isEqualTo("deactivated");
    assertThat(sink.held(hidden)).isEqualTo(records);
    assertThat(sink.accounts.get(gone)).matches(AccountEvent::isDeleted);
    assertThat(sink.held(gone)).isZero();

    whole.network.setStatus(hidden, AccountStatus.ACTIVE);
    whole.network.setStatus(gone, AccountStatus.ACTIVE);
    whole.run(named(hidden, gone), sink);

    assertThat(sink.accounts.get(hidden).active()).isTrue();
    assertThat(sink.accounts.get(gone).active()).isTrue();
    assertThat(sink.held(hidden)).isEqualTo(records);
    assertThat(sink.held(gone)).as("it has the rev it had, but nothing is held").isEqualTo(ofGone);
    assertThat(sink.visible()).isEqualTo(whole.expected());
  }

  private static BackfillJob named(Did... dids) {
    return new BackfillJob.Repos(List.of(dids), java.util.Set.of());
  }

  private BackfillProgress assertHeldAfterPass(KeepingSink sink, BackfillJob job) throws Exception {
    BackfillProgress ended = whole.run(job, sink);
    assertThat(ended.repos().open()).isZero();
    assertThat(sink.visible()).isEqualTo(whole.expected());
    return ended;
  }

  // ---- what happens in the network meanwhile

  private List<SimulatedAccount> withRecords() {
    return whole
        .network
        .accounts()
        .filter(account -> account.status() == AccountStatus.ACTIVE)
        .filter(account -> whole.network.expectedRecords(account.did()).count() > 1)
        .toList();
  }

  private void moveOn() {
    for (SimulatedAccount account : whole.network.accounts().toList()) {
      if (whole.network.expectedOutcome(account.did()) == ExpectedOutcome.READABLE) {
        write(account.did());
      }
    }
    List<SimulatedAccount> active = withRecords();
    SimulatedAccount moving = active.get(0);
    SimulatedHost to =
        whole.network.hosts().stream().filter(h -> h != moving.host()).findFirst().orElseThrow();
    whole.network.migrate(moving.did(), to);
    whole.network.setStatus(active.get(1).did(), AccountStatus.DEACTIVATED);
    whole.network.setStatus(active.get(2).did(), AccountStatus.EMPTIED);
    whole.network.accounts(AccountStatus.TAKENDOWN).findFirst().ifPresent(this::activate);
  }

  private void activate(SimulatedAccount account) {
    whole.network.setStatus(account.did(), AccountStatus.ACTIVE);
  }

  private void comeBack() {
    List<SimulatedAccount> away = whole.network.accounts(AccountStatus.DEACTIVATED).toList();
    away.forEach(this::activate);
    write(away.get(0).did());
  }

  /** Of every kind of write some. */
  private void write(Did did) {
    List<AtUri> all = whole.network.expectedRecords(did).map(record -> record.uri()).toList();
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).collection().equals(FOLLOW) || i % 7 == 0) {
        whole.network.delete(all.get(i));
      } else if (i % 7 == 1) {
        whole.network.put(all.get(i), "{\"text\":\"changed\"}");
      }
    }
    for (Nsid collection : List.of(NOTE, BETWEEN, WITHIN)) {
      for (String key : List.of("0", "a-new-one", "zzz")) {
        AtUri uri = new AtUri(did, collection, RecordKey.parse(key));
        whole.network.put(uri, "{\"text\":\"new\"}");
      }
    }
    if (!all.isEmpty()) {
      whole.network.put(all.get(0), "{\"text\":\"restored\"}");
    }
  }
}
