package io.github.atprotobackfill.examples;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.atprotobackfill.BackfillPlan;
import java.io.PrintWriter;
import java.util.TreeMap;

/** What a job would ask of whom, as {@code --dry-run} tells it. */
final class PlanReport {

  private static final double MILLIS_PER_SECOND = 1000.0;

  private PlanReport() {}

  static void write(PrintWriter out, BackfillPlan plan) {
    out.printf("%s on %s%n", Quantity.of(plan.repos(), "repo"), hosts(plan));
    if (!plan.hosts().isEmpty()) {
      out.printf("%n%10s %10s %10s %10s  %s%n", "repos", "whole", "requests", "time", "host");
      plan.hosts().forEach(host -> write(out, host));
    }
    if (!plan.unresolved().isEmpty()) {
      out.printf("%nrepos that lead to no host:%n");
      new TreeMap<>(plan.unresolved())
          .forEach((why, repos) -> out.printf("%10s  %s%n", Quantity.count(repos), why));
    }
    if (!plan.failedSources().isEmpty()) {
      out.printf("%nnot listed, so that the plan is not the whole of it:%n");
      new TreeMap<>(plan.failedSources())
          .forEach((source, failure) -> out.printf("  %s  %s%n", source, failure));
    }
    out.printf(
        "%nat least %s at the allowed rates; nothing was read or stored%n",
        Quantity.clock(plan.shortest()));
    out.flush();
  }

  static ObjectNode json(BackfillPlan plan) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("repos", plan.repos());
    json.put("seconds", plan.shortest().toMillis() / MILLIS_PER_SECOND);
    var hosts = json.putArray("hosts");
    for (BackfillPlan.HostShare host : plan.hosts()) {
      hosts
          .addObject()
          .put("host", host.host().toString())
          .put("repos", host.repos())
          .put("whole", host.whole())
          .put("requests", host.requests())
          .put("seconds", host.atAllowedRate().toMillis() / MILLIS_PER_SECOND);
    }
    ObjectNode unresolved = json.putObject("unresolved");
    new TreeMap<>(plan.unresolved()).forEach(unresolved::put);
    ObjectNode failed = json.putObject("failedSources");
    new TreeMap<>(plan.failedSources())
        .forEach(
            (source, failure) ->
                failed
                    .putObject(source)
                    .put("kind", failure.kind().code())
                    .put("message", failure.message()));
    return json;
  }

  private static String hosts(BackfillPlan plan) {
    return Quantity.of(plan.hosts().size(), "host");
  }

  private static void write(PrintWriter out, BackfillPlan.HostShare host) {
    out.printf(
        "%10s %10s %10s %10s  %s%n",
        Quantity.count(host.repos()),
        Quantity.count(host.whole()),
        Quantity.count(host.requests()),
        Quantity.clock(host.atAllowedRate()),
        host.host());
  }
}
