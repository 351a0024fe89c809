package io.github.atprotobackfill.identity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.atprotobackfill.FuzzRun;
import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever bytes a directory sends as a document, and whatever key they name. */
class DidDocumentFuzzTest {

  private static final Did DID = Did.parse("did:plc:dymdrt6um4ykyt2ykj6yjpfo");
  private static final ServiceUrl DIRECTORY = new ServiceUrl("https", "plc.directory", -1);
  private static final byte[] DOCUMENT =
      """
      {"id":"did:plc:dymdrt6um4ykyt2ykj6yjpfo","alsoKnownAs":["at://alice.example.com"],
       "verificationMethod":[{"id":"#atproto","type":"Multikey",
         "controller":"did:plc:dymdrt6um4ykyt2ykj6yjpfo",
         "publicKeyMultibase":"zQ3shqwJEJyMBsBXCWyCBpUBMqxcon9oHB7mCvx4sSpMdLJwc"}],
       "service":[{"id":"#atproto_pds","type":"AtprotoPersonalDataServer",
         "serviceEndpoint":"https://pds.example.com"}]}
      """
          .getBytes(UTF_8);

  private static final List<String> PIECES =
      List.of(
          "",
          "\"",
          "{",
          "}",
          "[",
          "]",
          ",",
          "null",
          "{}",
          "1e999",
          "1e99999999",
          "\\u0000",
          "\\ud800",
          "\"x\":",
          "at://",
          "#",
          ":0",
          ":65536",
          "@",
          "[".repeat(3_000),
          "\u0000",
          "https://[::1]",
          "%00",
          "did:plc:",
          "z".repeat(500),
          "EcdsaSecp256k1VerificationKey2019",
          "é",
          "\"id\":\"did:plc:dymdrt6um4ykyt2ykj6yjpfo\",");

  @Test
  void documents() throws InterruptedException {
    FuzzRun.share(10, "DID documents", DidDocumentFuzzTest::read);
  }

  private static void read(Random random) {
    byte[] document = DOCUMENT;
    for (int left = 1 + random.nextInt(4); left > 0; left--) {
      document = damaged(document, random);
    }
    try {
      DidDocument read = DidDocumentParser.parse(DID, new XrpcResponse(DIRECTORY, document));
      assertThat(read.did()).isEqualTo(DID);
      read.signingKey().ifPresent(SigningKey::repoKey);
    } catch (DidResolutionException e) {
      assertThat(e.kind()).isEqualTo(ErrorKind.DID_DOCUMENT_INVALID);
    }
  }

  private static byte[] damaged(byte[] document, Random random) {
    int at = random.nextInt(document.length + 1);
    int behind = Math.min(document.length, at + random.nextInt(30));
    byte[] piece = PIECES.get(random.nextInt(PIECES.size())).getBytes(UTF_8);
    if (random.nextInt(3) == 0) {
      piece = new byte[random.nextInt(4)];
      random.nextBytes(piece);
    }
    byte[] damaged = Arrays.copyOf(document, at + piece.length + document.length - behind);
    System.arraycopy(piece, 0, damaged, at, piece.length);
    System.arraycopy(document, behind, damaged, at + piece.length, document.length - behind);
    return damaged;
  }
}
