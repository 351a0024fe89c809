package io.github.atprotobackfill.jdbc;

import java.util.regex.Pattern;

/** The names of the tables, which all begin with one prefix. */
record Tables(String prefix) {

  static final String DEFAULT_PREFIX = "atproto_";

  private static final Pattern FORM = Pattern.compile("([a-z_][a-z0-9_]{0,39})?");

  Tables {
    if (!FORM.matcher(prefix).matches()) {
      throw new IllegalArgumentException(
          "table prefix must be lower-case letters, digits and underscores, at most 40: " + prefix);
    }
  }

  String job() {
    return prefix + "job";
  }

  String jobError() {
    return prefix + "job_error";
  }

  String jobCount() {
    return prefix + "job_count";
  }

  String jobSource() {
    return prefix + "job_source";
  }

  String jobDiscovery() {
    return prefix + "job_discovery";
  }

  String jobHost() {
    return prefix + "job_host";
  }

  String repo() {
    return prefix + "repo";
  }

  String held() {
    return prefix + "held";
  }

  String record() {
    return prefix + "record";
  }

  String account() {
    return prefix + "account";
  }

  String hostBudget() {
    return prefix + "host_budget";
  }

  String schemaVersion() {
    return prefix + "schema_version";
  }
}
