package io.github.atprotobackfill.examples;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.atprotobackfill.failure.ErrorKind;
import java.util.Map;
import java.util.TreeMap;

/** How a job stands, as the one JSON object with which {@code --json} ends standard output. */
final class SummaryJson {

  private static final double MILLIS_PER_SECOND = 1000.0;

  private SummaryJson() {}

  static ObjectNode of(JobStanding standing) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("job", standing.job().toString());
    json.put("state", standing.state().code());
    json.putObject("repos")
        .put("discovered", standing.repos().discovered())
        .put("done", standing.repos().done())
        .put("unavailable", standing.repos().unavailable())
        .put("gone", standing.repos().gone())
        .put("failed", standing.repos().failed());
    json.putObject("records")
        .put("seen", standing.counts().seen())
        .put("written", standing.counts().written())
        .put("unchanged", standing.counts().unchanged())
        .put("deleted", standing.counts().deleted());
    json.put("requests", standing.counts().requests());
    json.put("bytes", standing.counts().bytes());
    json.put("seconds", standing.elapsed().toMillis() / MILLIS_PER_SECOND);
    ObjectNode errors = json.putObject("errors");
    inOrder(standing.counts().errors()).forEach((kind, count) -> errors.put(kind.code(), count));
    return json;
  }

  /** The counts in the order in which the kinds are declared, for output that can be compared. */
  static Map<ErrorKind, Long> inOrder(Map<ErrorKind, Long> errors) {
    return new TreeMap<>(errors);
  }
}
