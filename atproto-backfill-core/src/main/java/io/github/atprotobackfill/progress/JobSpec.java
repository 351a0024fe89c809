package io.github.atprotobackfill.progress;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What a job is to do, as data: two jobs are equal when their specs are.
 *
 * @param type the kind of job, for example {@code collections}
 * @param body everything else that makes it this job, as JSON in one canonical spelling
 */
public record JobSpec(String type, String body) {

  /**
   * A key for stores, since a spec may be long: a SHA-256 in hexadecimal digits, which is the same
   * of equal specs only. It is stored, so that it never changes.
   */
  public String digest() {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update((type.length() + ":" + type).getBytes(StandardCharsets.UTF_8));
      sha256.update(body.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(sha256.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
