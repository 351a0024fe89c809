package io.github.atprotobackfill.testkit.network;

import io.github.atprotobackfill.syntax.AtUri;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a correct backfill finds, read a slice at a time from where the hosts read it. */
final class Truth {

  private static final int SLICE = 1000;

  private final World world;

  Truth(World world) {
    this.world = world;
  }

  /** The readable records of one account, in these collections or, when empty, in all. */
  Stream<ExpectedRecord> records(int number, List<String> collections) {
    return world.read(
        () -> {
          Account account = world.account(number);
          if (!account.readable()) {
            return Stream.empty();
          }
          Collection<String> names = world.collections(account);
          Did did = Did.parse(world.population.did(number));
          return names.stream()
              .filter(name -> collections.isEmpty() || collections.contains(name))
              .sorted()
              .flatMap(name -> records(number, did, Nsid.parse(name)));
        });
  }

  private Stream<ExpectedRecord> records(int number, Did did, Nsid collection) {
    return Stream.iterate(
            slice(number, collection, null),
            Objects::nonNull,
            page -> page.size() < SLICE ? null : slice(number, collection, page))
        .flatMap(List::stream)
        .map(
            record ->
                new ExpectedRecord(
                    new AtUri(did, collection, RecordKey.parse(record.rkey())),
                    Cid.parse(record.cid())));
  }

  private List<StoredRecord> slice(
      int number, Nsid collection, @Nullable List<StoredRecord> before) {
    String cursor = before == null ? null : before.get(before.size() - 1).rkey();
    return world.read(
        () -> world.content(world.account(number), collection.value()).page(cursor, SLICE, true));
  }
}
