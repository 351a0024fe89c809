package io.github.atprotobackfill.syntax;

/**
 * The address of one record: {@code at://<did>/<collection>/<rkey>}.
 *
 * <p>Only the form that names a record by its account's DID is a value here, since nothing else may
 * be stored; {@link #parse} refuses URIs that name a handle, a whole repo, or a whole collection.
 *
 * @param did the account
 * @param collection the collection
 * @param rkey the record key
 */
public record AtUri(Did did, Nsid collection, RecordKey rkey) {

  private static final String SCHEME = "at://";

  /** The record URI that {@code text} is; throws {@link InvalidSyntaxException} when it is none. */
  public static AtUri parse(String text) {
    if (!text.startsWith(SCHEME)) {
      throw new InvalidSyntaxException("record URI", text);
    }
    String[] parts = text.substring(SCHEME.length()).split("/", -1);
    if (parts.length != 3) {
      throw new InvalidSyntaxException("record URI", text);
    }
    return new AtUri(Did.parse(parts[0]), Nsid.parse(parts[1]), RecordKey.parse(parts[2]));
  }

  @Override
  public String toString() {
    return SCHEME + did + "/" + collection + "/" + rkey;
  }
}
