package io.github.atprotobackfill.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The Lua scripts, which lie beside this class as resources. What a script does is one step to
 * everybody else, and each touches only keys with the hash tag of its first.
 */
enum Script {
  ENQUEUE("queue", "enqueue"),
  CLAIM("queue", "claim"),
  APPLY("queue", "apply"),
  STATS("queue", "stats"),
  MEMBERS("queue", "members"),
  ENTRIES("queue", "entries"),
  EXPIRE("queue", "expire"),
  CLOCK("clock"),
  OPEN_JOB("job", "job-open"),
  MOVE_JOB("job", "job-move"),
  COUNT("job", "job-count"),
  SAVE_SOURCE("job", "job-source"),
  HOLD_DISCOVERY("job", "job-hold"),
  AGE("job", "job-age"),
  EXPIRE_JOB("job", "job-expire"),
  BUDGET("budget"),
  DID("did"),
  RESERVE("reserve"),
  RELEASE("release"),
  FIND_HELD("held", "held-find"),
  SAVE_HELD("held", "held-save");

  private final String source;
  private final String sha1;

  Script(String... parts) {
    StringBuilder text = new StringBuilder(read("every"));
    for (String part : parts) {
      text.append('\n').append(read(part));
    }
    this.source = text.toString();
    this.sha1 = sha1(source);
  }

  String source() {
    return source;
  }

  /** What the server knows the script by. */
  String sha1() {
    return sha1;
  }

  private static String read(String name) {
    String file = name + ".lua";
    try (InputStream resource = Script.class.getResourceAsStream(file)) {
      if (resource == null) {
        throw new IllegalStateException(file + " is missing beside " + Script.class);
      }
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sha1(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }
}
