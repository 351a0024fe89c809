package io.github.atprotobackfill.testkit.network;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All that is true of the accounts before a test changes anything, computed from the seed whenever
 * it is asked for. Immutable; accounts and hosts are numbers here.
 */
final class Population {

  private static final String HANDLE_DOMAIN = ".sim.test";
  private static final long GENESIS_MILLIS = 1_640_995_200_000L;
  private static final long ACCOUNT_STEP_MILLIS = 1000;
  private static final long RECORD_STEP_MICROS = 10_000_000;

  private final long seed;
  private final int hosts;
  private final List<Cohort> cohorts;
  private final int size;
  private final RepoSizes sizes;
  private final List<String> collections;
  private final Shares collectionShares;
  private final PlcIdentifiers plc;
  private final Permutation firstSeen;
  private final Permutation sizeRank;
  private final List<String> webDids;
  private final Map<String, Integer> webAccounts = new HashMap<>();

  /**
   * @param webDids the DIDs of the accounts of {@link AccountStatus#DID_WEB}, which are where their
   *     documents are served
   */
  Population(SimulatedNetworkBuilder plan, List<String> webDids) {
    this.seed = plan.seed;
    this.hosts = plan.hosts;
    this.cohorts = cohorts(plan);
    this.size = cohorts.stream().mapToInt(Cohort::count).sum();
    this.sizes = plan.sizes;
    this.collections = List.copyOf(plan.collections.keySet());
    this.collectionShares =
        new Shares(plan.collections.values().stream().mapToDouble(w -> w).toArray());
    this.plc = new PlcIdentifiers(seed);
    this.firstSeen = new Permutation(Mix.of(seed, 1), size);
    this.sizeRank = new Permutation(Mix.of(seed, 2), size);
    this.webDids = List.copyOf(webDids);
    for (int k = 0; k < webDids.size(); k++) {
      webAccounts.put(webDids.get(k), cohort(AccountStatus.DID_WEB).first() + k);
    }
  }

  private static List<Cohort> cohorts(SimulatedNetworkBuilder plan) {
    List<Cohort> cohorts = new ArrayList<>();
    int first = 0;
    for (AccountStatus status : AccountStatus.values()) {
      int count = plan.accounts.getOrDefault(status, 0);
      double shift = Mix.unit(Mix.of(plan.seed, 3, status.name().hashCode()));
      cohorts.add(new Cohort(status, first, count, plan.spread(), shift));
      first += count;
    }
    return List.copyOf(cohorts);
  }

  int size() {
    return size;
  }

  int hosts() {
    return hosts;
  }

  List<String> collections() {
    return collections;
  }

  Cohort cohort(AccountStatus status) {
    for (Cohort cohort : cohorts) {
      if (cohort.status() == status) {
        return cohort;
      }
    }
    throw new IllegalStateException("every status has a cohort, be it empty: " + status);
  }

  AccountStatus status(int account) {
    for (Cohort cohort : cohorts) {
      if (cohort.contains(account)) {
        return cohort.status();
      }
    }
    throw new IndexOutOfBoundsException(account);
  }

  int home(int account) {
    return cohort(status(account)).host(account);
  }

  /** A host other than {@code host}, where there is one. */
  int next(int host) {
    return (host + 1) % hosts;
  }

  /** The accounts that {@code host} lists at first, in the order of their numbers. */
  List<Cohort.Numbers> roster(int host) {
    List<Cohort.Numbers> roster = new ArrayList<>();
    for (Cohort cohort : cohorts) {
      roster.add(cohort.onHost(host));
      if (cohort.status() == AccountStatus.MIGRATED && hosts > 1) {
        // Accounts whose home is the host before this one were here once: see Account.first.
        roster.add(cohort.onHost((host + hosts - 1) % hosts));
      }
    }
    roster.removeIf(numbers -> numbers.from() == numbers.to());
    roster.sort(Comparator.comparingInt(Cohort.Numbers::from));
    return roster;
  }

  String did(int account) {
    Cohort web = cohort(AccountStatus.DID_WEB);
    return web.contains(account) ? webDids.get(account - web.first()) : plc.of(account);
  }

  /** The account with this DID, or -1. */
  int account(String did) {
    Integer web = webAccounts.get(did);
    if (web != null) {
      return web;
    }
    int account = plc.account(did);
    return account < size ? account : -1;
  }

  String handle(int account) {
    return "u" + account + HANDLE_DOMAIN;
  }

  /** The account with this handle, or -1. */
  int accountOfHandle(String handle) {
    String digits =
        handle.endsWith(HANDLE_DOMAIN)
            ? handle.substring(0, handle.length() - HANDLE_DOMAIN.length())
            : "";
    if (!digits.matches("u\\d{1,9}")) {
      return -1;
    }
    int account = Integer.parseInt(digits.substring(1));
    return account < size && handle(account).equals(handle) ? account : -1;
  }

  long createdMillis(int account) {
    return GENESIS_MILLIS + account * ACCOUNT_STEP_MILLIS;
  }

  /** The first account created after {@code millis}, or then with a DID behind {@code did}. */
  int firstAfter(long millis, String did) {
    long account = Math.floorDiv(millis - GENESIS_MILLIS, ACCOUNT_STEP_MILLIS);
    if (account < 0) {
      return 0;
    }
    if (account >= size) {
      return size;
    }
    boolean then = createdMillis((int) account) == millis && did((int) account).compareTo(did) > 0;
    return (int) (then ? account : account + 1);
  }

  /** The account that the relay saw in this place, from 0. */
  int seenByRelay(long position) {
    return (int) firstSeen.of(position);
  }

  /** The rev of a repo after so many changes. */
  String rev(int account, int changes) {
    return TidText.of(revNumber(account, changes));
  }

  /** The number that {@link #rev} writes. */
  long revNumber(int account, int changes) {
    long written = createdMillis(account) * 1000 + (records(account) + 1L) * RECORD_STEP_MICROS;
    return revAt(account, written + changes * 1_000_000L);
  }

  /** The number of the rev that the account's repo had at that time. */
  long revAt(int account, long micros) {
    return TidText.number(micros, account & 1023);
  }

  int records(int account) {
    return sizes.size(account, sizeRank.of(account), Mix.of(seed, 4, account));
  }

  /** What the account wrote in the k-th of {@link #collections} at first. */
  GeneratedCollection generated(int account, int k) {
    double shift = Mix.unit(Mix.of(seed, 5, account));
    int count = collectionShares.part(records(account), k, shift);
    return new GeneratedCollection(
        collections.get(k),
        count,
        createdMillis(account) * 1000,
        RECORD_STEP_MICROS,
        Mix.of(seed, account, k + 16));
  }
}
