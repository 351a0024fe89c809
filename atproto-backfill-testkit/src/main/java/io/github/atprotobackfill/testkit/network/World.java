package io.github.atprotobackfill.testkit.network;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The accounts and records as they are now: the {@link Population}, and what tests changed of it.
 * Every answer of a host is made within {@link #read}, so that it sees a write whole or not at all.
 */
final class World {

  final Population population;
  private final int textWords;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final Map<Integer, Account> changed = new HashMap<>();
  private final Map<Integer, List<Integer>> arrivals = new HashMap<>();
  private final Map<String, List<Integer>> lateSightings = new HashMap<>();
  private final long seed;

  World(Population population, long seed, int textWords) {
    this.population = population;
    this.seed = seed;
    this.textWords = textWords;
  }

  <T> T read(Supplier<T> question) {
    lock.readLock().lock();
    try {
      return question.get();
    } finally {
      lock.readLock().unlock();
    }
  }

  private <T> T change(Supplier<T> change) {
    lock.writeLock().lock();
    try {
      return change.get();
    } finally {
      lock.writeLock().unlock();
    }
  }

  Account account(int number) {
    Account known = changed.get(number);
    return known == null ? Account.first(population, number) : known;
  }

  String rev(Account account) {
    return population.rev(account.number, account.changes());
  }

  /** The account's repo as it is now. */
  FrozenRepo freeze(Account account) {
    List<FrozenRepo.Collection> frozen = new ArrayList<>();
    for (String collection : collections(account)) {
      NavigableMap<String, Account.Write> writes = account.writes().get(collection);
      RepoContent content =
          content(account, collection, writes == null ? null : new TreeMap<>(writes));
      if (content.bound() > 0) {
        frozen.add(new FrozenRepo.Collection(collection, content));
      }
    }
    frozen.sort(Comparator.comparing(collection -> collection.nsid() + "/"));
    String did = population.did(account.number);
    return new FrozenRepo(account.number, did, account.changes(), population, frozen);
  }

  /** The collections in which the account may have records. */
  Set<String> collections(Account account) {
    Set<String> names = new LinkedHashSet<>(population.collections());
    names.addAll(account.writes().keySet());
    return names;
  }

  RepoContent content(Account account, String collection) {
    return content(account, collection, account.writes().get(collection));
  }

  private RepoContent content(
      Account account, String collection, @Nullable NavigableMap<String, Account.Write> writes) {
    RecordWriter writer = new RecordWriter(seed, textWords);
    int k = population.collections().indexOf(collection);
    GeneratedCollection generated =
        k < 0
            ? new GeneratedCollection(collection, 0, 0, 1, 0)
            : population.generated(account.number, k);
    return new RepoContent(account.emptied() ? generated.emptied() : generated, writes, writer);
  }

  /** Accounts that moved to {@code host} during the run, in that order. */
  List<Integer> arrivals(int host) {
    return arrivals.getOrDefault(host, List.of());
  }

  /** Accounts that began to use {@code collection} during the run, in that order. */
  List<Integer> lateSightings(String collection) {
    return lateSightings.getOrDefault(collection, List.of());
  }

  /** Whether the account used the collection before any change. */
  boolean seenAtFirst(int account, String collection) {
    int k = population.collections().indexOf(collection);
    return k >= 0 && population.generated(account, k).count() > 0;
  }

  void put(int number, String collection, StoredRecord record) {
    change(
        () -> {
          boolean known =
              seenAtFirst(number, collection) || lateSightings(collection).contains(number);
          if (!known) {
            lateSightings.computeIfAbsent(collection, c -> new ArrayList<>()).add(number);
          }
          boolean replaces = content(account(number), collection).get(record.rkey()).isPresent();
          kept(number).write(collection, record.rkey(), Optional.of(record), replaces);
          return null;
        });
  }

  /** Deletes a record; false when there is none. */
  boolean delete(int number, String collection, String rkey) {
    return change(
        () -> {
          if (content(account(number), collection).get(rkey).isEmpty()) {
            return false;
          }
          kept(number).write(collection, rkey, Optional.empty(), true);
          return true;
        });
  }

  void setStatus(int number, AccountStatus status) {
    change(
        () -> {
          kept(number).becomes(status);
          return null;
        });
  }

  void migrate(int number, int host) {
    change(
        () -> {
          Account account = kept(number);
          boolean listed = account.home() == host || account.at(host) != Account.Hosting.ABSENT;
          account.moveTo(host);
          if (!listed) {
            arrivals.computeIfAbsent(host, h -> new ArrayList<>()).add(number);
          }
          return null;
        });
  }

  private Account kept(int number) {
    return changed.computeIfAbsent(number, n -> Account.first(population, n));
  }
}
