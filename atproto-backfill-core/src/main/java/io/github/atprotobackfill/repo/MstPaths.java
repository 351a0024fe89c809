package io.github.atprotobackfill.repo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.RecordKey;
import java.util.Arrays;

/**
 * The paths of records, {@code collection/rkey}, as the bytes they are in the tree. The collection
 * of the path before is remembered, since most often it is the same. Not thread-safe.
 */
final class MstPaths {

  /** The longest path, in bytes. */
  static final int MOST_BYTES = 1024;

  private static final byte SLASH = '/';

  private static final boolean[] OF_RECORD_KEY = new boolean[256];

  static {
    String allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_~.:-";
    allowed.chars().forEach(c -> OF_RECORD_KEY[c] = true);
  }

  /** The collection and the slash behind it. */
  private byte[] prefix = {};

  private Nsid collection = Nsid.parse("com.example.none");

  /** Whether the bytes are the path of a record. */
  boolean accepts(byte[] path, int length) {
    return knowsCollection(path, length) && isRecordKey(path, prefix.length, length);
  }

  /** The collection of a path that {@link #accepts} took at some time. */
  Nsid collection(byte[] path, int length) {
    requireCollection(path, length);
    return collection;
  }

  /** The record key of a path that {@link #accepts} took at some time. */
  RecordKey rkey(byte[] path, int length) {
    requireCollection(path, length);
    return RecordKey.parse(text(path, prefix.length, length));
  }

  private void requireCollection(byte[] path, int length) {
    if (!knowsCollection(path, length)) {
      throw new IllegalStateException("not the path of a record: " + text(path, 0, length));
    }
  }

  private boolean knowsCollection(byte[] path, int length) {
    return (prefix.length > 0
            && length >= prefix.length
            && Arrays.equals(path, 0, prefix.length, prefix, 0, prefix.length))
        || learnsCollection(path, length);
  }

  private boolean learnsCollection(byte[] path, int length) {
    int slash = 0;
    while (slash < length && path[slash] != SLASH) {
      slash++;
    }
    if (slash == length) {
      return false;
    }
    var found = Nsid.tryParse(text(path, 0, slash));
    if (found.isEmpty()) {
      return false;
    }
    collection = found.get();
    prefix = Arrays.copyOf(path, slash + 1);
    return true;
  }

  private static boolean isRecordKey(byte[] path, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!OF_RECORD_KEY[path[i] & 0xff]) {
        return false;
      }
    }
    int length = to - from;
    return length >= 1 && length <= RecordKey.MAX_LENGTH && !isDots(path, from, length);
  }

  private static boolean isDots(byte[] path, int from, int length) {
    return path[from] == '.' && (length == 1 || (length == 2 && path[from + 1] == '.'));
  }

  /** Any bytes as text; what is not ASCII becomes something that no identifier has. */
  static String text(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, ISO_8859_1);
  }
}
