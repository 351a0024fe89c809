package io.github.atprotobackfill.redis.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * The scripts that lease the repos of a stream. Each is one step; all keys that it comes by lie
 * with the stream on one node of a cluster.
 */
final class RepoScripts {

  /** Leases repos whose entries were handed out. */
  static final String LEASE = read("fence.lua") + read("lease.lua");

  /** Leases repos that wait in one lane. */
  static final String LEASE_WAITING = read("fence.lua") + read("lease-waiting.lua");

  /** Tells the server's time. */
  static final String CLOCK = read("clock.lua");

  /** Applies updates, each under its fence. */
  static final String UPDATE = read("update.lua");

  /** Sets the cursor of a host's listing, as long as its lock is held. */
  static final String SAVE_CURSOR = read("save-cursor.lua");

  /** Holds on to a lock, or lets go of it. */
  static final String KEEP_LOCK = read("keep-lock.lua");

  private RepoScripts() {}

  private static String read(String name) {
    try (InputStream script = RepoScripts.class.getResourceAsStream(name)) {
      if (script == null) {
        throw new IllegalStateException(name + " is missing from this library's jar");
      }
      return new String(script.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
