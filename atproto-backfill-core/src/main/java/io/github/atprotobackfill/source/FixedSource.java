package io.github.atprotobackfill.source;

import io.github.atprotobackfill.syntax.Did;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A list of DIDs, given beforehand; the cursor is an index into it. */
final class FixedSource implements RepoSource {

  static final int PAGE_SIZE = 1_000;

  private final List<Did> dids;
  private final String id;

  FixedSource(List<Did> dids) {
    this.dids = List.copyOf(dids);
    this.id = SourceId.fixed(digest(this.dids));
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public RepoPage page(@Nullable String cursor) {
    int from = cursor == null ? 0 : index(cursor);
    int to = Math.min(from + PAGE_SIZE, dids.size());
    List<RepoRef> repos = dids.subList(from, to).stream().map(RepoRef::of).toList();
    return RepoPage.of(repos, to < dids.size() ? Integer.toString(to) : null);
  }

  private int index(String cursor) {
    try {
      int index = Integer.parseInt(cursor);
      if (index >= 0 && index <= dids.size()) {
        return index;
      }
    } catch (NumberFormatException e) {
      // Falls through to the same refusal as an index out of range.
    }
    throw new IllegalArgumentException(
        "not a cursor into a list of " + dids.size() + " repos: \"" + cursor + "\"");
  }

  private static String digest(List<Did> dids) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      for (Did did : dids) {
        sha256.update(did.value().getBytes(StandardCharsets.UTF_8));
        sha256.update((byte) '\n');
      }
      return HexFormat.of().formatHex(sha256.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return dids.size() + " given repos";
  }
}
