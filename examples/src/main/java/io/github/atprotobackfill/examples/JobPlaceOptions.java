package io.github.atprotobackfill.examples;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where a job is kept: its records, its progress, and the queue of its repos. */
final class JobPlaceOptions {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  @Mixin private DestinationOptions destination = new DestinationOptions();

  @Option(
      names = "--redis",
      paramLabel = "URL",
      description = {
        "With --db: keep the queue of repos in Redis, all else in the database. What Redis",
        "forgets is listed again."
      })
  private @Nullable RedisUrl redis;

  /** The place that is asked for. */
  Destination destination() {
    Destination place = destination.destination();
    if (redis == null) {
      return place;
    }
    if (place instanceof Destination.Database database) {
      return new Destination.Database(database.url(), redis);
    }
    throw new ParameterException(
        command.commandLine(), "--redis keeps the queue of a database: say --db JDBC-URL");
  }

  /** Refuses more than one place; none is fine where nothing is written. */
  void checkAtMostOne() {
    if (redis == null) {
      destination.checkAtMostOne();
    } else {
      destination();
    }
  }
}
