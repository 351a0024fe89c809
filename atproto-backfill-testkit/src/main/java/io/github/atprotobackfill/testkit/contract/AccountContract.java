package io.github.atprotobackfill.testkit.contract;

import static io.github.atprotobackfill.testkit.contract.Samples.did;
import static io.github.atprotobackfill.testkit.contract.Samples.rev;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.atprotobackfill.sink.AccountEvent;
import io.github.atprotobackfill.sink.RecordPut;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a sink makes of accounts: records of one that is not active are not shown. */
abstract class AccountContract extends SnapshotContract {

  private static final List<String> INACTIVE =
      List.of("deactivated", "suspended", "takendown", "deleted", "a word of \"tomorrow\"\n");

  private static Instant at(int second) {
    return Instant.ofEpochSecond(1_800_000_000 + second);
  }

  private void inactive(int account, String status, int second) throws Exception {
    account(AccountEvent.inactive(did(account), status, at(second)));
  }

  private void active(int account, int second) throws Exception {
    account(AccountEvent.active(did(account), at(second)));
  }

  private void account(AccountEvent event) throws Exception {
    assumeTrue(harness().shown().isPresent(), "this sink takes no notice of accounts");
    sink().account(event);
  }

  private static RecordPut of(int account) {
    return put(did(account), NOTE, "self", 1, "{\"of\":" + account + "}");
  }

  private void assertShown(RecordPut... puts) throws Exception {
    assertThat(harness().shown().orElseThrow())
        .isEqualTo(Stream.of(puts).map(RecordPut::uri).collect(Collectors.toSet()));
  }

  @Test
  void recordsOfAnAccountThatIsNotActiveAreNotShown() throws Exception {
    write(of(100));
    for (int i = 0; i < INACTIVE.size(); i++) {
      write(of(i));
      assertShown(of(100), of(i));

      inactive(i, INACTIVE.get(i), 1);

      assertShown(of(100));
    }
  }

  @Test
  void activeDecidesAndNotTheWord() throws Exception {
    write(of(1), of(2), of(3));

    account(new AccountEvent(did(1), true, "throttled", at(1)));
    account(new AccountEvent(did(2), true, "takendown", at(1)));
    account(new AccountEvent(did(3), false, "active", at(1)));

    assertShown(of(1), of(2));
  }

  @Test
  void anAccountThatIsActiveAgainIsShownAgain() throws Exception {
    for (int i = 0; i < INACTIVE.size(); i++) {
      write(of(i));
      inactive(i, INACTIVE.get(i), 1);
      active(i, 2);
    }
    // A sink may have removed them: then they come anew, as after a deletion that is taken back.
    write(of(0), of(1), of(2), of(3), of(4));

    assertShown(of(0), of(1), of(2), of(3), of(4));
  }

  @Test
  void ofADeletedAccountNothingComesBackByItself() throws Exception {
    RecordPut again = put(did(1), NOTE, "again", 3, "{}");
    write(of(1), of(2));

    account(AccountEvent.deleted(did(1), at(1)));
    reopen();
    assertShown(of(2));
    active(1, 2);
    write(again);

    Set<?> shown = harness().shown().orElseThrow();
    assertThat(shown.contains(again.uri())).isTrue();
    assertThat(shown.contains(of(2).uri())).isTrue();
  }

  @Test
  void anOlderAccountEventUndoesNothing() throws Exception {
    write(of(1), of(2));
    active(1, 10);
    inactive(2, "deactivated", 10);

    account(AccountEvent.deleted(did(1), at(9)));
    active(2, 9);

    assertShown(of(1));
    assertStoredRecordOf(1);
  }

  private void assertStoredRecordOf(int account) throws Exception {
    assertThat(stored(of(account).uri()).rev()).isEqualTo(rev(1));
  }

  @Test
  void ofEquallyLateAccountEventsTheLastHolds() throws Exception {
    write(of(1), of(2));

    inactive(1, "deactivated", 1);
    active(1, 1);
    active(2, 1);
    inactive(2, "deactivated", 1);

    assertShown(of(1));
  }

  @Test
  void theSameAccountEventMayComeAgain() throws Exception {
    write(of(1), of(2));
    for (int i = 0; i < 2; i++) {
      inactive(1, "suspended", 1);
      active(2, 1);
      assertShown(of(2));
    }
  }

  @Test
  void howAnAccountStandsIsKeptForTheNextSink() throws Exception {
    write(of(1), of(2));
    inactive(1, "suspended", 1);

    reopen();

    assertShown(of(2));
    active(1, 2);
    assertShown(of(1), of(2));
  }

  @Test
  void anAccountMayBeHiddenBeforeItsRecordsCome() throws Exception {
    write(of(2));

    inactive(1, "takendown", 1);
    write(of(1));

    assertShown(of(2));
  }
}
