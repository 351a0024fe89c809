package io.github.atprotobackfill.redis;

import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.util.UUID;

/**
 * The keys under which things are kept. All keys of one job share a hash tag, so that a script over
 * them runs on one node of a cluster; so do those of the list of all jobs, and those of what is
 * held.
 */
final class JobKeys {

  private final String prefix;

  JobKeys(String prefix) {
    this.prefix = prefix;
  }

  /** A key of one job. */
  String ofJob(UUID job, String what) {
    return prefix + "{" + job + "}:" + what;
  }

  /** A key of what spans jobs. */
  String ofAllJobs(String what) {
    return prefix + "{jobs}:" + what;
  }

  /** A key of what is held of repos, whichever job read them. */
  String ofHeld(String what) {
    return prefix + "{held}:" + what;
  }

  /** The budget of a host, which all processes share. */
  String ofHost(ServiceUrl host) {
    return prefix + "budget:" + host;
  }

  /** What is known of a DID. */
  String ofDid(Did did) {
    return prefix + "did:" + did;
  }
}
