package io.github.atprotobackfill.examples;

import java.util.UUID;

/**
 * The commands to propose after a job.
 *
 * @param destination the options by which its destination is found
 * @param network the options by which its network is reached; may be empty
 */
record NextCommands(String destination, String network) {

  String errors(UUID job) {
    return "jobs errors " + job + " " + destination;
  }

  String retry(UUID job) {
    return running("retry", job);
  }

  String resume(UUID job) {
    return running("resume", job);
  }

  private String running(String command, UUID job) {
    return ("jobs " + command + " " + job + " " + destination + " " + network).strip();
  }
}
