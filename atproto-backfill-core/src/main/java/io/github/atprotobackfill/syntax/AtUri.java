package io.github.atprotobackfill.syntax;

import java.util.Optional;

/**
 * The address of one record: {@code at://<did>/<collection>/<rkey>}.
 *
 * <p>Only the form that names a record by its account's DID is a value here, since nothing else may
 * be stored; {@link #parse} refuses URIs that name a handle, a whole repo, or a whole collection.
 * {@link #isValid} knows those too.
 *
 * @param did the account
 * @param collection the collection
 * @param rkey the record key
 * @see <a href="https://atproto.com/specs/at-uri-scheme">AT URI specification</a>
 */
public record AtUri(Did did, Nsid collection, RecordKey rkey) {

  /** The longest AT URI, in characters. */
  public static final int MAX_LENGTH = 8192;

  private static final String SCHEME = "at://";

  /** The record URI that {@code text} is; throws {@link InvalidSyntaxException} when it is none. */
  public static AtUri parse(String text) {
    return tryParse(text).orElseThrow(() -> new InvalidSyntaxException("record URI", text));
  }

  /** The record URI that {@code text} is, or empty when it is none. */
  public static Optional<AtUri> tryParse(String text) {
    if (text.length() > MAX_LENGTH || !text.startsWith(SCHEME)) {
      return Optional.empty();
    }
    int authorityEnd = text.indexOf('/', SCHEME.length());
    int collectionEnd = authorityEnd < 0 ? -1 : text.indexOf('/', authorityEnd + 1);
    if (collectionEnd < 0) {
      return Optional.empty();
    }
    Optional<Did> did = Did.tryParse(text.substring(SCHEME.length(), authorityEnd));
    Optional<Nsid> collection = Nsid.tryParse(text.substring(authorityEnd + 1, collectionEnd));
    Optional<RecordKey> rkey = RecordKey.tryParse(text.substring(collectionEnd + 1));
    return did.isPresent() && collection.isPresent() && rkey.isPresent()
        ? Optional.of(new AtUri(did.get(), collection.get(), rkey.get()))
        : Optional.empty();
  }

  /**
   * Whether {@code text} is an AT URI of any form: of an account named by DID or handle, of one of
   * its collections, or of a record in it.
   */
  public static boolean isValid(String text) {
    if (text.length() > MAX_LENGTH || !text.startsWith(SCHEME)) {
      return false;
    }
    String[] parts = text.substring(SCHEME.length()).split("/", 4);
    return parts.length <= 3
        && AtIdentifier.tryParse(parts[0]).isPresent()
        && (parts.length < 2 || Nsid.tryParse(parts[1]).isPresent())
        && (parts.length < 3 || RecordKey.tryParse(parts[2]).isPresent());
  }

  @Override
  public String toString() {
    return SCHEME + did + "/" + collection + "/" + rkey;
  }
}
