package io.github.atprotobackfill.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Handle;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DidDocumentParserTest {

  private static final Did DID = Did.parse("did:plc:dymdrt6um4ykyt2ykj6yjpfo");
  private static final ServiceUrl DIRECTORY = new ServiceUrl("https", "plc.directory", -1);

  @Test
  void theModernFormIsRead() {
    DidDocument document =
        parse(
            """
            {"@context":["https://www.w3.org/ns/did/v1","https://w3id.org/security/multikey/v1"],
             "id":"did:plc:dymdrt6um4ykyt2ykj6yjpfo",
             "alsoKnownAs":["at://Alice.Example.com"],
             "verificationMethod":[{"id":"did:plc:dymdrt6um4ykyt2ykj6yjpfo#atproto",
               "type":"Multikey","controller":"did:plc:dymdrt6um4ykyt2ykj6yjpfo",
               "publicKeyMultibase":"zQ3shqhDNNC9jybbs3Q3NHDsH5Vnp18vACWG1ygguvzigKTTS"}],
             "service":[{"id":"#atproto_pds","type":"AtprotoPersonalDataServer",
               "serviceEndpoint":"https://pds.example.com"}]}
            """);

    assertThat(document.did()).isEqualTo(DID);
    assertThat(document.pds()).contains(new ServiceUrl("https", "pds.example.com", -1));
    assertThat(document.handle()).contains(Handle.parse("alice.example.com"));
    assertThat(document.signingKey())
        .contains(new SigningKey("Multikey", "zQ3shqhDNNC9jybbs3Q3NHDsH5Vnp18vACWG1ygguvzigKTTS"));
  }

  @Test
  void theFormOfTheReferenceDirectoryIsRead() {
    DidDocument document =
        parse(
            """
            {"id":"did:plc:dymdrt6um4ykyt2ykj6yjpfo","alsoKnownAs":["at://a-user1.pds1.test"],
             "verificationMethod":[{"id":"#atproto","type":"EcdsaSecp256k1VerificationKey2019",
               "controller":"did:plc:dymdrt6um4ykyt2ykj6yjpfo",
               "publicKeyMultibase":"zQktLKWaxbpvK4sQhJNC3MKx1vQWKg9W9Qc58HrnPqDU81PqYWAbyhGUfqVxLBnPSZnm5r6BiqQS7wzWQm9nXdjc2"}],
             "service":[{"id":"did:plc:dymdrt6um4ykyt2ykj6yjpfo#atproto_pds",
               "type":"AtprotoPersonalDataServer","serviceEndpoint":"http://localhost:2583/"}]}
            """);

    assertThat(document.pds()).contains(new ServiceUrl("http", "localhost", 2583));
    assertThat(document.signingKey())
        .hasValueSatisfying(
            key -> assertThat(key.type()).isEqualTo("EcdsaSecp256k1VerificationKey2019"));
  }

  @Test
  void aDocumentMayNameNothingOfUse() {
    DidDocument document = parse("{\"id\":\"" + DID + "\"}");

    assertThat(document.pds()).isEmpty();
    assertThat(document.handle()).isEmpty();
    assertThat(document.signingKey()).isEmpty();
  }

  @Test
  void ofTwoHostsTheFirstCounts() {
    assertThat(
            withServices(
                    service("#atproto_pds", "AtprotoPersonalDataServer", "\"https://a.example\""),
                    service("#atproto_pds", "AtprotoPersonalDataServer", "\"https://b.example\""))
                .pds())
        .contains(new ServiceUrl("https", "a.example", -1));
  }

  @Test
  void servicesOfOtherKindsArePassedOver() {
    assertThat(
            withServices(
                    service("#atproto_labeler", "AtprotoLabeler", "\"https://l.example\""),
                    service("#atproto_pds", "SomethingElse", "\"https://s.example\""),
                    service(
                        "did:plc:other#atproto_pds",
                        "AtprotoPersonalDataServer",
                        "\"https://o.example\""),
                    "7",
                    "null",
                    service("#atproto_pds", "AtprotoPersonalDataServer", "\"https://a.example\""))
                .pds())
        .contains(new ServiceUrl("https", "a.example", -1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"uri\":\"https://a.example\"}",
        "[\"https://a.example\"]",
        "null",
        "7",
        "\"\"",
        "\"ftp://a.example\"",
        "\"https://user@a.example\"",
        "\"https://a.example/path\"",
        "\"https://a.example?q\"",
        "\"https://a.example#f\"",
        "\"a.example\"",
        "\"https://\"",
      })
  void anEndpointThatIsNoServiceUrlIsNoHost(String endpoint) {
    assertThat(withServices(service("#atproto_pds", "AtprotoPersonalDataServer", endpoint)).pds())
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"at://a.example.com\", \"at://b.example.com\" | a.example.com",
        "\"https://a.example.com\", \"at://b.example.com\" | b.example.com",
        "\"at://not a handle\", \"at://b.example.com\" | b.example.com",
        "7, null, {}, \"at://b.example.com\" | b.example.com",
        "\"at://did:plc:abc\" | ''",
      })
  void theFirstClaimThatIsAHandleCounts(String names, String handle) {
    assertThat(
            parse("{\"id\":\"" + DID + "\",\"alsoKnownAs\":[" + names + "]}")
                .handle()
                .map(Handle::toString)
                .orElse(""))
        .isEqualTo(handle);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "#atproto | Multikey | did:plc:dymdrt6um4ykyt2ykj6yjpfo | true",
        "#atproto | EcdsaSecp256r1VerificationKey2019 | did:plc:dymdrt6um4ykyt2ykj6yjpfo | true",
        "#atproto | JsonWebKey2020 | did:plc:dymdrt6um4ykyt2ykj6yjpfo | false",
        "#atproto | Multikey | did:plc:somebodyelse | false",
        "#atproto_label | Multikey | did:plc:dymdrt6um4ykyt2ykj6yjpfo | false",
      })
  void onlyAKeyOfTheRepoCounts(String id, String type, String controller, boolean counts) {
    String method =
        """
        {"id":"%s","verificationMethod":[
          {"id":"%s","type":"%s","controller":"%s","publicKeyMultibase":"zabc"}]}
        """
            .formatted(DID, id, type, controller);

    assertThat(parse(method).signingKey().isPresent()).isEqualTo(counts);
  }

  @Test
  void aKeyOfHostileLengthIsNoKey() {
    String method =
        """
        {"id":"%s","verificationMethod":[
          {"id":"#atproto","type":"Multikey","controller":"%s","publicKeyMultibase":"%s"}]}
        """
            .formatted(DID, DID, "z".repeat(100_000));

    assertThat(parse(method).signingKey()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "\"did:plc:dymdrt6um4ykyt2ykj6yjpfo\"",
        "{}",
        "{\"id\":7}",
        "{\"id\":\"did:plc:somebodyelse\"}",
        "{\"id\":\"did:plc:dymdrt6um4ykyt2ykj6yjpfo\"",
        "{\"id\":\"did:plc:dymdrt6um4ykyt2ykj6yjpfo\"} trailing",
        "<!doctype html><title>Not here</title>",
      })
  void whatIsNoDocumentOfThisDidIsInvalid(String json) {
    assertInvalid(json);
  }

  @Test
  void hostileDepthIsInvalidAndNothingWorse() {
    String deep =
        "{\"id\":\"" + DID + "\",\"x\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";

    assertInvalid(deep);
  }

  private static void assertInvalid(String json) {
    assertThatThrownBy(() -> parse(json))
        .isInstanceOfSatisfying(
            DidResolutionException.class,
            e -> assertThat(e.kind()).isEqualTo(ErrorKind.DID_DOCUMENT_INVALID))
        .hasMessageContaining(DID.value())
        .hasMessageContaining("plc.directory");
  }

  private static DidDocument withServices(String... services) {
    return parse("{\"id\":\"" + DID + "\",\"service\":[" + String.join(",", services) + "]}");
  }

  private static String service(String id, String type, String endpoint) {
    return "{\"id\":\"%s\",\"type\":\"%s\",\"serviceEndpoint\":%s}".formatted(id, type, endpoint);
  }

  private static DidDocument parse(String json) {
    return DidDocumentParser.parse(
        DID, new XrpcResponse(DIRECTORY, json.getBytes(StandardCharsets.UTF_8)));
  }
}
