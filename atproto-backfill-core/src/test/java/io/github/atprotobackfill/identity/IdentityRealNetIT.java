package io.github.atprotobackfill.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Handle;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The accounts of a network of reference servers, in both forms of its directory. */
class IdentityRealNetIT {

  private static final JsonNode NETWORK = network();
  private static final XrpcClient CLIENT = XrpcClient.builder().allowPrivateHosts(true).build();

  private static JsonNode network() {
    try {
      return new ObjectMapper().readTree(Path.of(System.getProperty("realnet")).toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Stream<DidResolver> directories() {
    return Stream.of("url", "modernUrl")
        .map(form -> ServiceUrl.parse(NETWORK.path("plc").path(form).textValue()))
        .map(directory -> DidResolvers.standard(CLIENT, directory));
  }

  @AfterAll
  static void close() {
    CLIENT.close();
  }

  @ParameterizedTest
  @MethodSource("directories")
  void everyAccountIsWhereTheNetworkSays(DidResolver dids) throws InterruptedException {
    for (JsonNode account : accounts()) {
      Did did = Did.parse(account.path("did").textValue());
      if (account.path("didDocPds").isNull()) {
        assertFails(dids, did, ErrorKind.DID_TOMBSTONED);
      } else {
        DidDocument document = dids.resolve(did);
        assertThat(document.pds())
            .contains(ServiceUrl.parse(account.path("didDocPds").textValue()));
        assertThat(document.handle()).contains(Handle.parse(account.path("handle").textValue()));
        assertThat(document.signingKey()).isPresent();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("directories")
  void anUnknownDidIsNotFound(DidResolver dids) {
    assertFails(dids, Did.parse("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa"), ErrorKind.DID_NOT_FOUND);
  }

  @Test
  void handlesAreResolvedByTheirHosts() throws InterruptedException {
    List<ServiceUrl> hosts =
        StreamSupport.stream(NETWORK.path("pds").spliterator(), false)
            .map(pds -> ServiceUrl.parse(pds.path("url").textValue()))
            .toList();
    HandleResolver handles =
        HandleResolvers.asking(hosts, CLIENT, directories().findFirst().orElseThrow());
    RepoNames names = new RepoNames(handles);

    for (JsonNode account : accounts()) {
      boolean standing =
          account.path("status").textValue().equals("active")
              && !account.path("didDocPds").isNull();
      if (standing) {
        assertThat(names.resolve(List.of(account.path("handle").textValue())))
            .containsExactly(Did.parse(account.path("did").textValue()));
      }
    }
  }

  private static JsonNode accounts() {
    JsonNode accounts = NETWORK.path("accounts");
    assertThat(accounts).isNotEmpty();
    return accounts;
  }

  private static void assertFails(DidResolver dids, Did did, ErrorKind kind) {
    assertThatThrownBy(() -> dids.resolve(did))
        .isInstanceOfSatisfying(
            DidResolutionException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }
}
