package io.github.atprotobackfill.examples;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where records and progress are kept. */
final class DestinationOptions {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  @Option(
      names = "--db",
      paramLabel = "JDBC-URL",
      description =
          "Records and progress in one database: jdbc:sqlite:FILE, jdbc:h2:./FILE,"
              + " jdbc:postgresql://HOST/DATABASE or jdbc:mariadb://HOST/DATABASE"
              + " (jdbc:mysql likewise). Tables are made where there are none.")
  private @Nullable DatabaseUrl database;

  @Option(
      names = "--jsonl",
      paramLabel = "FILE",
      description =
          "Records as lines of JSON, appended to FILE; progress beside it, in"
              + " FILE"
              + Destination.JsonLines.PROGRESS_SUFFIX
              + ".")
  private @Nullable Path jsonLines;

  /** The place that is asked for. */
  Destination destination() {
    if (database != null && jsonLines == null) {
      return new Destination.Database(database);
    }
    if (jsonLines != null && database == null) {
      return new Destination.JsonLines(jsonLines);
    }
    throw new ParameterException(
        command.commandLine(),
        database == null
            ? "say where records go: --db JDBC-URL or --jsonl FILE"
            : "--db and --jsonl are two places: choose one");
  }

  /** Refuses more than one place; none is fine where nothing is written. */
  void checkAtMostOne() {
    if (database != null || jsonLines != null) {
      destination();
    }
  }
}
