package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.progress.HeldRepo;
import io.github.atprotobackfill.progress.RepoStates;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What is held of each repo: one row a DID. */
final class JdbcRepoStates implements RepoStates {

  /** A power of two, like the number of parameters of every query. */
  private static final int DIDS_A_QUERY = 512;

  private final Transactions transactions;
  private final Tables tables;
  private final String upsert;

  JdbcRepoStates(Transactions transactions, Dialect dialect, Tables tables) {
    this.transactions = transactions;
    this.tables = tables;
    this.upsert =
        dialect.upsert(
            Upsert.into(
                    tables.held(),
                    List.of("did"),
                    List.of("did", "pds", "rev", "collections", "status", "verified_at"))
                .replace("rev", "coalesce(new.rev, cur.rev)")
                .replace(
                    "collections",
                    "CASE WHEN new.rev IS NULL AND cur.rev IS NOT NULL"
                        + " THEN cur.collections ELSE new.collections END")
                .when("new.rev IS NULL OR cur.rev IS NULL OR cur.rev <= new.rev"));
  }

  @Override
  public Map<Did, HeldRepo> find(Collection<Did> dids) {
    List<Did> distinct = List.copyOf(new LinkedHashSet<>(dids));
    return transactions.read(
        "look up what is held",
        connection -> {
          Map<Did, HeldRepo> found = new HashMap<>();
          for (int from = 0; from < distinct.size(); from += DIDS_A_QUERY) {
            int to = Math.min(from + DIDS_A_QUERY, distinct.size());
            find(connection, distinct.subList(from, to), found);
          }
          return found;
        });
  }

  private void find(Connection connection, List<Did> dids, Map<Did, HeldRepo> found)
      throws SQLException {
    // Filled up to a power of two, so that there are few statements for a driver to remember.
    int parameters = Math.max(1, Integer.highestOneBit(2 * dids.size() - 1));
    String select =
        "SELECT did, pds, rev, collections, status, verified_at FROM %s WHERE did IN (%s)"
            .formatted(tables.held(), InsertSql.parameters(parameters));
    try (PreparedStatement statement = connection.prepareStatement(select)) {
      for (int i = 0; i < parameters; i++) {
        statement.setString(i + 1, dids.get(Math.min(i, dids.size() - 1)).toString());
      }
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          HeldRepo repo = repo(rows);
          found.put(repo.did(), repo);
        }
      }
    }
  }

  @Override
  public void save(List<HeldRepo> repos) {
    if (repos.isEmpty()) {
      return;
    }
    transactions.write(
        "remember what is held",
        connection -> {
          for (List<HeldRepo> round : rounds(repos)) {
            upsert(connection, round);
          }
          return repos;
        });
  }

  /** Parts that name each repo once, to be taken in turn; in one order, so that no two deadlock. */
  private static List<List<HeldRepo>> rounds(List<HeldRepo> repos) {
    List<List<HeldRepo>> rounds = new ArrayList<>();
    Set<Did> named = new HashSet<>();
    for (HeldRepo repo : repos) {
      if (rounds.isEmpty() || !named.add(repo.did())) {
        rounds.add(new ArrayList<>());
        named.clear();
        named.add(repo.did());
      }
      rounds.get(rounds.size() - 1).add(repo);
    }
    rounds.forEach(round -> round.sort(Comparator.comparing(HeldRepo::did)));
    return rounds;
  }

  private void upsert(Connection connection, List<HeldRepo> repos) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(upsert)) {
      for (HeldRepo repo : repos) {
        statement.setString(1, repo.did().toString());
        statement.setString(2, repo.pds().toString());
        statement.setString(3, repo.rev() == null ? null : repo.rev().toString());
        statement.setString(4, stored(repo.collections()));
        statement.setString(5, StoredText.readable(repo.status()));
        statement.setLong(6, repo.verifiedAt().toEpochMilli());
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  private static HeldRepo repo(ResultSet row) throws SQLException {
    return new HeldRepo(
        Did.parse(row.getString("did")),
        ServiceUrl.parse(row.getString("pds")),
        RepoRows.rev(row.getString("rev")),
        collections(row.getString("collections")),
        row.getString("status"),
        Instant.ofEpochMilli(row.getLong("verified_at")));
  }

  private static String stored(Set<Nsid> collections) {
    return collections.stream().map(Nsid::toString).sorted().collect(Collectors.joining(" "));
  }

  private static Set<Nsid> collections(String stored) {
    return stored.isEmpty()
        ? Set.of()
        : Arrays.stream(stored.split(" ")).map(Nsid::parse).collect(Collectors.toSet());
  }
}
