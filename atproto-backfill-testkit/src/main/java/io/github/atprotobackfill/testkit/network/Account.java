package io.github.atprotobackfill.testkit.network;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * How one account stands now. Those that no test changed are made anew whenever they are asked for;
 * the others are kept by {@link World}, whose lock guards them.
 */
final class Account {

  /** What a host has of an account. */
  enum Hosting {
    ACTIVE,
    INACTIVE,
    ABSENT
  }

  /**
   * What became of a record.
   *
   * @param record what was put, or empty where it was deleted
   * @param change the number of the account's change that did it
   * @param born the change since which there is a record of this key; 0 for one from before
   */
  record Write(Optional<StoredRecord> record, int change, int born) {}

  final int number;
  private AccountStatus status;
  private int home;
  private Set<Integer> formerHomes = Set.of();
  private int changes;
  private boolean emptied;
  private Map<String, NavigableMap<String, Write>> writes = Map.of();

  private Account(int number, AccountStatus status, int home) {
    this.number = number;
    this.status = status;
    this.home = home;
    this.emptied = status == AccountStatus.EMPTIED;
  }

  /** The account as it was before any change. */
  static Account first(Population population, int number) {
    AccountStatus status = population.status(number);
    Account account = new Account(number, status, population.home(number));
    if (status == AccountStatus.MIGRATED) {
      account.formerHomes = Set.of(population.next(account.home));
    }
    return account;
  }

  AccountStatus status() {
    return status;
  }

  int home() {
    return home;
  }

  int changes() {
    return changes;
  }

  boolean emptied() {
    return emptied;
  }

  Hosting at(int host) {
    if (host != home) {
      return formerHomes.contains(host) ? Hosting.INACTIVE : Hosting.ABSENT;
    }
    return switch (status) {
      case DEACTIVATED, TAKENDOWN, SUSPENDED -> Hosting.INACTIVE;
      case DELETED -> Hosting.ABSENT;
      default -> Hosting.ACTIVE;
    };
  }

  /** The protocol's word for why {@code host} does not serve it. */
  String inactiveWord(int host) {
    return host == home ? status.word() : AccountStatus.DEACTIVATED.word();
  }

  boolean readable() {
    return status.outcome() == ExpectedOutcome.READABLE;
  }

  Map<String, NavigableMap<String, Write>> writes() {
    return writes;
  }

  void write(String collection, String rkey, Optional<StoredRecord> record, boolean replaces) {
    if (writes.isEmpty()) {
      writes = new HashMap<>();
    }
    changes++;
    NavigableMap<String, Write> ofCollection =
        writes.computeIfAbsent(collection, c -> new TreeMap<>());
    Write before = ofCollection.get(rkey);
    int born = !replaces ? changes : before == null ? 0 : before.born();
    ofCollection.put(rkey, new Write(record, changes, born));
  }

  void becomes(AccountStatus next) {
    if (next == AccountStatus.EMPTIED) {
      emptied = true;
      writes = Map.of();
      changes++;
    }
    status = next;
  }

  void moveTo(int host) {
    Set<Integer> former = new HashSet<>(formerHomes);
    former.add(home);
    former.remove(host);
    formerHomes = former;
    home = host;
    status = AccountStatus.MIGRATED;
    changes++;
  }
}
