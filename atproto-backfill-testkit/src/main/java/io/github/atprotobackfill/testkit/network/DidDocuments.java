package io.github.atprotobackfill.testkit.network;

import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.util.List;
import java.util.Optional;

/**
 * Writes DID documents (protocol: DID documents; {@code legacy} is their form before Multikey).
 * Some accounts have the older spellings of the key in any case: the bare point, whole or
 * compressed.
 */
final class DidDocuments {

  static final String CONTENT_TYPE = "application/did+ld+json; charset=utf-8";

  /** Of so many accounts in a row, the last have documents that spell the key as it was once. */
  private static final int LEGACY_FORMS = 16;

  private static final int FIRST_LEGACY = 14;
  private static final int COMPRESSED = 15;

  private final World world;
  private final List<ServiceUrl> hosts;
  private final SigningKeys keys;
  private final boolean legacy;

  DidDocuments(World world, List<ServiceUrl> hosts, SigningKeys keys, boolean legacy) {
    this.world = world;
    this.hosts = List.copyOf(hosts);
    this.keys = keys;
    this.legacy = legacy;
  }

  boolean legacy() {
    return legacy;
  }

  /** The account's document, or empty when it has none (any more). */
  Optional<String> of(Account account) {
    return switch (account.status()) {
      case TOMBSTONED, UNREGISTERED -> Optional.empty();
      case NO_PDS -> Optional.of(document(account, ""));
      case MISDIRECTED ->
          Optional.of(document(account, pds(world.population.next(account.home()))));
      default -> Optional.of(document(account, pds(account.home())));
    };
  }

  private String pds(int host) {
    return "{\"id\":\"#atproto_pds\",\"type\":\"AtprotoPersonalDataServer\",\"serviceEndpoint\":\""
        + hosts.get(host)
        + "\"}";
  }

  private String document(Account account, String services) {
    String did = world.population.did(account.number);
    SigningKey key = keys.of(account.number);
    boolean older = legacy || account.number % LEGACY_FORMS >= FIRST_LEGACY;
    return "{\"@context\":["
        + (older
            ? "\"https://www.w3.org/ns/did/v1\""
            : "\"https://www.w3.org/ns/did/v1\",\"https://w3id.org/security/multikey/v1\"")
        + ",\"https://w3id.org/security/suites/secp256k1-2019/v1\"],\"id\":\""
        + did
        + "\",\"alsoKnownAs\":[\"at://"
        + world.population.handle(account.number)
        + "\"],\"verificationMethod\":[{\"id\":\""
        + (legacy ? "" : did)
        + "#atproto\",\"type\":\""
        + (older ? key.curve.legacyType : "Multikey")
        + "\",\"controller\":\""
        + did
        + "\",\"publicKeyMultibase\":\""
        + (older ? key.legacy(account.number % LEGACY_FORMS == COMPRESSED) : key.multikey())
        + "\"}],\"service\":["
        + services
        + "]}";
  }
}
