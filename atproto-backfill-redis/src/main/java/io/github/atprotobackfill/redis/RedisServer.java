package io.github.atprotobackfill.redis;

import io.github.atprotobackfill.progress.StoreException;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/** The server by way of the host's client: scripts and commands, their failures told as ours. */
final class RedisServer {

  /** How a script tells what went wrong, and at which key; see {@code every.lua}. */
  private static final Pattern TOLD_BY_SCRIPT = Pattern.compile("<<(.*)>>", Pattern.DOTALL);

  private final UnifiedJedis client;

  RedisServer(UnifiedJedis client) {
    this.client = client;
  }

  /** Runs a script on the key that names where it runs, and gives what it returned. */
  Object run(String what, Script script, String key, List<String> arguments) {
    List<String> keys = List.of(key);
    return call(
        what,
        redis -> {
          try {
            return redis.evalsha(script.sha1(), keys, arguments);
          } catch (JedisNoScriptException e) {
            // A server that has just started; this loads it, too.
            return redis.eval(script.source(), keys, arguments);
          }
        });
  }

  /** As {@link #run}, for a script that returns a list. */
  Reply ask(String what, Script script, String key, List<String> arguments) {
    return Reply.of(run(what, script, key, arguments));
  }

  /** As {@link #run}, for a script that returns a number. */
  long count(String what, Script script, String key, List<String> arguments) {
    return (Long) run(what, script, key, arguments);
  }

  /** Calls the client. */
  <T> T call(String what, Function<UnifiedJedis, T> command) {
    try {
      return command.apply(client);
    } catch (JedisException e) {
      throw new StoreException("could not " + what + ": " + reason(e), e);
    }
  }

  private static String reason(JedisException e) {
    String message = String.valueOf(e.getMessage());
    Matcher told = TOLD_BY_SCRIPT.matcher(message);
    return told.find() ? told.group(1) : message;
  }
}
