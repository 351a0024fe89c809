package io.github.atprotobackfill.redis.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.atprotobackfill.progress.StoreException;
import io.github.atprotobackfill.sink.RecordDelete;
import io.github.atprotobackfill.sink.RecordEvent;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Tid;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;

/**
 * What was deleted of late, for all indexers of a group: a sink that has removed a record cannot
 * know any more that an older one of the same address is not to be stored.
 *
 * <p>A delete is remembered for a life at least, and for two at most. Thread-safe.
 */
final class Tombstones {

  private final UnifiedJedis redis;
  private final String prefix;
  private final Duration life;

  Tombstones(UnifiedJedis redis, String stream, Duration life) {
    this.redis = redis;
    this.prefix = stream + ":deleted:";
    this.life = life;
  }

  /** Remembers the deletes among these. */
  void remember(List<RecordEvent> events) {
    Map<Did, List<RecordDelete>> deletes = byRepo(events, RecordDelete.class);
    if (!deletes.isEmpty()) {
      List<Response<?>> answers = new ArrayList<>();
      pipelined(
          pipeline -> deletes.forEach((did, gone) -> answers.add(remember(did, gone, pipeline))),
          () -> answers.forEach(Response::get));
    }
  }

  private Response<?> remember(Did did, List<RecordDelete> gone, AbstractPipeline pipeline) {
    List<byte[]> arguments = new ArrayList<>();
    arguments.add(bytes(String.valueOf(life.toMillis())));
    for (RecordDelete delete : gone) {
      arguments.add(field(delete));
      arguments.add(bytes(delete.rev().value()));
    }
    return pipeline.eval(
        StreamScripts.REMEMBER_DELETES, List.of(lately(did), before(did)), arguments);
  }

  /** Of the puts among these, those that are older than a delete: each as the delete it lost to. */
  IdentityHashMap<RecordEvent, RecordDelete> overtaken(List<RecordEvent> events) {
    Map<Did, List<RecordPut>> puts = byRepo(events, RecordPut.class);
    puts.keySet().retainAll(withDeletes(List.copyOf(puts.keySet())));
    IdentityHashMap<RecordEvent, RecordDelete> overtaken = new IdentityHashMap<>();
    if (!puts.isEmpty()) {
      List<Look> looks = new ArrayList<>();
      pipelined(
          pipeline -> puts.forEach((did, of) -> looks.add(look(did, of, pipeline))),
          () -> looks.forEach(look -> look.overtaken(overtaken)));
    }
    return overtaken;
  }

  /** Most repos have had nothing deleted of late: so that is asked first. */
  private Set<Did> withDeletes(List<Did> dids) {
    Set<Did> with = new HashSet<>();
    if (!dids.isEmpty()) {
      List<Response<Long>> keys = new ArrayList<>();
      pipelined(
          pipeline -> dids.forEach(did -> keys.add(pipeline.exists(lately(did), before(did)))),
          () -> {
            for (int i = 0; i < dids.size(); i++) {
              if (keys.get(i).get() > 0) {
                with.add(dids.get(i));
              }
            }
          });
    }
    return with;
  }

  private Look look(Did did, List<RecordPut> puts, AbstractPipeline pipeline) {
    byte[][] fields = puts.stream().map(Tombstones::field).toArray(byte[][]::new);
    return new Look(puts, pipeline.hmget(lately(did), fields), pipeline.hmget(before(did), fields));
  }

  private record Look(
      List<RecordPut> puts, Response<List<byte[]>> lately, Response<List<byte[]>> before) {

    void overtaken(IdentityHashMap<RecordEvent, RecordDelete> into) {
      for (int i = 0; i < puts.size(); i++) {
        RecordPut put = puts.get(i);
        for (byte[] known : new byte[][] {before.get().get(i), lately.get().get(i)}) {
          if (known != null) {
            Tid.tryParse(new String(known, UTF_8))
                .filter(rev -> rev.isAfter(put.rev()))
                .ifPresent(
                    rev ->
                        into.put(
                            put, new RecordDelete(put.did(), put.collection(), put.rkey(), rev)));
          }
        }
      }
    }
  }

  private static <T extends RecordEvent> Map<Did, List<T>> byRepo(
      List<RecordEvent> events, Class<T> kind) {
    return events.stream()
        .filter(kind::isInstance)
        .map(kind::cast)
        .collect(Collectors.groupingBy(RecordEvent::did, LinkedHashMap::new, Collectors.toList()));
  }

  /** Sends the commands at once, and then reads what became of them, errors included. */
  private void pipelined(Consumer<AbstractPipeline> commands, Runnable answers) {
    try (AbstractPipeline pipeline = redis.pipelined()) {
      commands.accept(pipeline);
      pipeline.sync();
      answers.run();
    } catch (JedisException e) {
      throw new StoreException("Redis keys " + prefix + "*: " + e.getMessage(), e);
    }
  }

  /** A hash tag, so that a script may move one to the other on a cluster. */
  private byte[] lately(Did did) {
    return bytes(prefix + "{" + did + "}");
  }

  private byte[] before(Did did) {
    return bytes(prefix + "{" + did + "}:before");
  }

  private static byte[] field(RecordEvent event) {
    return bytes(event.collection() + "/" + event.rkey());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
