package io.github.atprotobackfill.redis.stream;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * What is done in one step that nothing comes between. Each script works on one key, or on two with
 * the same hash tag, so that it runs on any node of a cluster.
 */
final class StreamScripts {

  /** Hands out entries: the consumer's own, then abandoned ones, then new ones. */
  static final byte[] TAKE = read("take.lua");

  /** Acknowledges entries and removes them. */
  static final byte[] ACKNOWLEDGE = read("acknowledge.lua");

  /** Sets how long entries have been idle, of those that the consumer still has. */
  static final byte[] SET_IDLE = read("set-idle.lua");

  /** Removes consumers that have nothing pending and were not heard of for long. */
  static final byte[] REMOVE_CONSUMERS = read("remove-consumers.lua");

  /** Remembers what was deleted of a repo. */
  static final byte[] REMEMBER_DELETES = read("remember-deletes.lua");

  private StreamScripts() {}

  private static byte[] read(String name) {
    try (InputStream script = StreamScripts.class.getResourceAsStream(name)) {
      if (script == null) {
        throw new IllegalStateException(name + " is missing from this library's jar");
      }
      return script.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
