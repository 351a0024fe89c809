package io.github.atprotobackfill.identity;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Handle;
import io.github.atprotobackfill.syntax.InvalidSyntaxException;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Reads of a DID document what matters to AT Protocol. Of several entries that fit, the first
 * counts; entries that do not fit are somebody else's and ignored.
 *
 * @see <a href="https://atproto.com/specs/did">DID specification</a>
 */
final class DidDocumentParser {

  private static final int MAX_DEPTH = 32;
  // Documents are cached by the hundred thousand: no stranger may choose how large a key is.
  private static final int MAX_KEY_LENGTH = 200;

  private static final String HANDLE_PREFIX = "at://";
  private static final String PDS_ID = "#atproto_pds";
  private static final String PDS_TYPE = "AtprotoPersonalDataServer";
  private static final String KEY_ID = "#atproto";
  private static final Set<String> KEY_TYPES =
      Set.of("Multikey", "EcdsaSecp256k1VerificationKey2019", "EcdsaSecp256r1VerificationKey2019");

  private static final ObjectReader JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .reader();

  private final Did did;
  private final JsonNode document;

  private DidDocumentParser(Did did, JsonNode document) {
    this.did = did;
    this.document = document;
  }

  /**
   * What {@code answer} says of {@code did}.
   *
   * @throws DidResolutionException of kind {@code DID_DOCUMENT_INVALID} when it is not a document,
   *     or not one about this DID
   */
  static DidDocument parse(Did did, XrpcResponse answer) {
    JsonNode document = read(did, answer);
    if (!document.isObject()) {
      throw invalid(did, answer, "the document is not a JSON object", null);
    }
    if (!text(document, "id").equals(Optional.of(did.value()))) {
      throw invalid(did, answer, "the document is not about this DID", null);
    }
    DidDocumentParser parser = new DidDocumentParser(did, document);
    return new DidDocument(did, parser.pds(), parser.handle(), parser.signingKey());
  }

  private static JsonNode read(Did did, XrpcResponse answer) {
    try {
      return JSON.readTree(answer.body());
    } catch (JsonProcessingException e) {
      throw invalid(did, answer, "the document is not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw invalid(did, answer, "the document is not JSON", e);
    }
  }

  private Optional<ServiceUrl> pds() {
    return entries("service", PDS_ID)
        .filter(service -> text(service, "type").equals(Optional.of(PDS_TYPE)))
        .findFirst()
        .flatMap(service -> text(service, "serviceEndpoint"))
        .flatMap(DidDocumentParser::serviceUrl);
  }

  private Optional<SigningKey> signingKey() {
    return entries("verificationMethod", KEY_ID)
        .filter(method -> text(method, "controller").equals(Optional.of(did.value())))
        .findFirst()
        .flatMap(DidDocumentParser::signingKey);
  }

  private static Optional<SigningKey> signingKey(JsonNode method) {
    Optional<String> type =
        text(method, "type").flatMap(t -> KEY_TYPES.stream().filter(t::equals).findFirst());
    Optional<String> key =
        text(method, "publicKeyMultibase").filter(k -> k.length() <= MAX_KEY_LENGTH);
    return type.flatMap(t -> key.map(k -> new SigningKey(t, k)));
  }

  private Optional<Handle> handle() {
    return elements("alsoKnownAs")
        .filter(JsonNode::isTextual)
        .map(JsonNode::textValue)
        .filter(name -> name.startsWith(HANDLE_PREFIX))
        .flatMap(name -> Handle.tryParse(name.substring(HANDLE_PREFIX.length())).stream())
        .findFirst();
  }

  /** The entries of a list whose id is {@code fragment}, spelt alone or after the DID. */
  private Stream<JsonNode> entries(String list, String fragment) {
    String absolute = did + fragment;
    return elements(list)
        .filter(
            entry ->
                text(entry, "id")
                    .filter(id -> id.equals(fragment) || id.equals(absolute))
                    .isPresent());
  }

  private Stream<JsonNode> elements(String list) {
    JsonNode node = document.path(list);
    return node.isArray() ? StreamSupport.stream(node.spliterator(), false) : Stream.empty();
  }

  private static Optional<String> text(JsonNode node, String field) {
    return Optional.ofNullable(node.path(field).textValue());
  }

  private static Optional<ServiceUrl> serviceUrl(String endpoint) {
    try {
      return Optional.of(ServiceUrl.parse(endpoint));
    } catch (InvalidSyntaxException e) {
      // A document with a useless endpoint is a document without a host, which has its own outcome.
      return Optional.empty();
    }
  }

  private static DidResolutionException invalid(
      Did did, XrpcResponse answer, String what, @Nullable Throwable cause) {
    return new DidResolutionException(
        ErrorKind.DID_DOCUMENT_INVALID,
        did + ": " + what + " (from " + answer.servedBy().authority() + ")",
        cause);
  }
}
