package io.github.atprotobackfill.examples;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a network of reference servers holds, as the file says that was written when it was seeded.
 */
final class NetworkTruth {

  private final JsonNode network;
  private final Map<String, String> publicUrls = new HashMap<>();

  private NetworkTruth(JsonNode network) {
    this.network = network;
    network
        .path("pds")
        .forEach(pds -> publicUrls.put(pds.path("name").asText(), pds.path("publicUrl").asText()));
  }

  static NetworkTruth read(String file) throws IOException {
    return new NetworkTruth(new JsonMapper().readTree(new File(file)));
  }

  String relay() {
    return network.path("relay").path("url").asText();
  }

  String directory() {
    return network.path("plc").path("url").asText();
  }

  Iterable<String> hosts() {
    return publicUrls.values();
  }

  List<String> dids() {
    List<String> dids = new ArrayList<>();
    network.path("accounts").forEach(account -> dids.add(account.path("did").asText()));
    return dids;
  }

  /** An account of the network. */
  record Account(
      String did,
      String role,
      String pdsName,
      String pdsUrl,
      String password,
      Map<String, String> records,
      Map<String, String> takenDown) {}

  /** Every account, with all the records that its host lists, CIDs by URI. */
  List<Account> accounts() {
    List<Account> accounts = new ArrayList<>();
    for (JsonNode account : network.path("accounts")) {
      Map<String, String> records = new HashMap<>();
      network
          .path("records")
          .path(account.path("did").asText())
          .forEach(collection -> collection.forEach(row -> put(row, records)));
      Map<String, String> takenDown = new HashMap<>();
      account.path("takenDownRecords").forEach(row -> put(row, takenDown));
      accounts.add(
          new Account(
              account.path("did").asText(),
              account.path("role").asText(),
              account.path("pds").asText(),
              account.path("pdsUrl").asText(),
              account.path("password").asText(),
              records,
              takenDown));
    }
    return accounts;
  }

  /** The account of {@code role} at the host of this name. */
  Account account(String role, String pdsName) {
    return accounts().stream()
        .filter(account -> account.role().equals(role) && account.pdsName().equals(pdsName))
        .findFirst()
        .orElseThrow();
  }

  private static void put(JsonNode row, Map<String, String> records) {
    records.put(row.path("uri").asText(), row.path("cid").asText());
  }

  /** The state in which a repo must end, by DID. */
  Map<String, String> ends() {
    Map<String, String> ends = new HashMap<>();
    network
        .path("accounts")
        .forEach(account -> ends.put(account.path("did").asText(), end(account)));
    return ends;
  }

  private String end(JsonNode account) {
    String status = account.path("status").asText();
    if (account.path("didDocPds").isNull()) {
      return "gone"; // tombstoned
    }
    if (!account.path("didDocPds").asText().equals(publicUrls.get(account.path("pds").asText()))) {
      return "gone"; // the host that its document names does not have it
    }
    return switch (status) {
      case "active" -> "done";
      case "deleted" -> "gone";
      default -> "unavailable";
    };
  }

  /** CIDs by URI of single records that their hosts took down, which only whole repos hold. */
  Map<String, String> takenDown() {
    Map<String, String> takenDown = new HashMap<>();
    accounts().forEach(account -> takenDown.putAll(account.takenDown()));
    return takenDown;
  }

  /** CIDs by URI of every record that must be found; of all collections when none is named. */
  Map<String, String> records(Set<String> collections) {
    Map<String, String> records = new HashMap<>();
    for (JsonNode account : network.path("accounts")) {
      if (end(account).equals("done")) {
        JsonNode held = network.path("records").path(account.path("did").asText());
        held.fields()
            .forEachRemaining(
                entry -> {
                  if (collections.isEmpty() || collections.contains(entry.getKey())) {
                    entry
                        .getValue()
                        .forEach(
                            row -> records.put(row.path("uri").asText(), row.path("cid").asText()));
                  }
                });
      }
    }
    return records;
  }
}
