package io.github.atprotobackfill;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.atprotobackfill.progress.JobSpec;
import io.github.atprotobackfill.progress.StoreException;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Jobs as data and back. The spelling is canonical: lists sorted, names in one order. */
final class JobSpecs {

  private static final JsonMapper MAPPER = new JsonMapper();

  private JobSpecs() {}

  static JobSpec encode(BackfillJob job) {
    ObjectNode body = MAPPER.createObjectNode();
    String type;
    if (job instanceof BackfillJob.Collections collections) {
      type = "collections";
      put(body, "relays", collections.relays());
      body.put("fallbackToHosts", collections.fallbackToHosts());
    } else if (job instanceof BackfillJob.Repos repos) {
      type = "repos";
      put(body, "repos", repos.repos());
    } else if (job instanceof BackfillJob.Hosts hosts) {
      type = "hosts";
      put(body, "hosts", hosts.hosts());
    } else if (job instanceof BackfillJob.Network network) {
      type = "network";
      put(body, "relays", network.relays());
    } else if (job instanceof BackfillJob.Retry retry) {
      type = "retry";
      body.put("job", retry.job().toString());
    } else if (job instanceof BackfillJob.Standing standing) {
      type = "standing";
      body.put("name", standing.name());
    } else {
      throw new IllegalArgumentException("unknown job: " + job);
    }
    put(body, "collections", job.collections());
    return new JobSpec(type, body.toString());
  }

  static BackfillJob decode(JobSpec spec) {
    JsonNode body = parse(spec);
    Set<Nsid> collections =
        list(body, "collections", Nsid::parse).stream().collect(Collectors.toUnmodifiableSet());
    return switch (spec.type()) {
      case "collections" ->
          new BackfillJob.Collections(
              list(body, "relays", ServiceUrl::parse),
              collections,
              body.path("fallbackToHosts").asBoolean());
      case "repos" -> new BackfillJob.Repos(list(body, "repos", Did::parse), collections);
      case "hosts" -> new BackfillJob.Hosts(list(body, "hosts", ServiceUrl::parse), collections);
      case "network" ->
          new BackfillJob.Network(list(body, "relays", ServiceUrl::parse), collections);
      case "retry" ->
          new BackfillJob.Retry(UUID.fromString(body.path("job").asText()), collections);
      case "standing" -> new BackfillJob.Standing(body.path("name").asText(), collections);
      default ->
          throw new StoreException(
              "a job of type \"" + spec.type() + "\" is of a later version of this library", null);
    };
  }

  private static JsonNode parse(JobSpec spec) {
    try {
      return MAPPER.readTree(spec.body());
    } catch (JsonProcessingException e) {
      throw new StoreException("a stored job cannot be read: " + spec, e);
    }
  }

  private static void put(ObjectNode body, String name, Collection<?> values) {
    ArrayNode array = body.putArray(name);
    values.stream().map(Object::toString).sorted().forEach(array::add);
  }

  private static <T> List<T> list(JsonNode body, String name, Function<String, T> parse) {
    List<T> values = new ArrayList<>();
    body.path(name).forEach(element -> values.add(parse.apply(element.asText())));
    return values;
  }
}
