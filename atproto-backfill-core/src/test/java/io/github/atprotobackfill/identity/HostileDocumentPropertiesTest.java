package io.github.atprotobackfill.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcResponse;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** A document may be anything; reading it gives a value or the one exception that says why not. */
class HostileDocumentPropertiesTest {

  private static final Did DID = Did.parse("did:plc:dymdrt6um4ykyt2ykj6yjpfo");
  private static final ServiceUrl DIRECTORY = new ServiceUrl("https", "plc.directory", -1);
  private static final String DOCUMENT =
      """
      {"id":"did:plc:dymdrt6um4ykyt2ykj6yjpfo","alsoKnownAs":["at://alice.example.com"],
       "verificationMethod":[{"id":"#atproto","type":"Multikey",
         "controller":"did:plc:dymdrt6um4ykyt2ykj6yjpfo","publicKeyMultibase":"zQ3shqhDNNC9j"}],
       "service":[{"id":"#atproto_pds","type":"AtprotoPersonalDataServer",
         "serviceEndpoint":"https://pds.example.com"}]}
      """;

  @Property
  void damageLeadsToAValueOrToOneException(@ForAll("damaged") String document) {
    assertOneOfTwo(document.getBytes(StandardCharsets.UTF_8));
  }

  @Property
  void soDoRandomBytes(@ForAll byte[] document) {
    assertOneOfTwo(document);
  }

  private static void assertOneOfTwo(byte[] document) {
    Throwable thrown =
        catchThrowable(
            () ->
                assertThat(
                        DidDocumentParser.parse(DID, new XrpcResponse(DIRECTORY, document)).did())
                    .isEqualTo(DID));
    if (thrown != null) {
      assertThat(thrown).isInstanceOf(DidResolutionException.class);
    }
  }

  /** The document with one piece replaced by another. */
  @Provide
  Arbitrary<String> damaged() {
    Arbitrary<String> pieces =
        Arbitraries.oneOf(
            Arbitraries.of(
                "", "\"", "{", "}", "[", "]", ",", "null", "{}", "1e999", "\\u0000", "\\ud800",
                "\"x\":", "at://", "#", ":0", "@", "[[[["),
            Arbitraries.strings().ofMaxLength(5));
    return Combinators.combine(
            Arbitraries.integers().between(0, DOCUMENT.length()),
            Arbitraries.integers().between(0, 40),
            pieces)
        .as(
            (at, length, piece) ->
                DOCUMENT.substring(0, at)
                    + piece
                    + DOCUMENT.substring(Math.min(DOCUMENT.length(), at + length)));
  }
}
