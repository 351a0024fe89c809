package io.github.atprotobackfill.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever cannot be used is said in one line, with status 2, before anything is opened. */
final class BadCommandLineTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          run                                                   | say what to get
          run --relay https://r.example                         | --relay needs --collection NSID
          run --collection com.example.note                     | --collection needs --relay URL
          run --network                                         | --network needs --relay URL
          run --did did:web:a.example --host https://h.example  | choose one
          run --host https://h.example --network                | choose one
          run --did did:web:a.example --relay https://r.example | --relay goes with
          run --host https://h.example --fallback-to-hosts      | --fallback-to-hosts goes with
          run --relay                                           | Missing required parameter
          run --nonsense                                        | Unknown option: '--nonsense'
          run --relay r.example --collection a.b.c              | not a valid service URL: "r.example"
          run --relay https://r.example/x --collection a.b.c    | not a valid service URL
          run --relay ftp://r.example --collection a.b.c        | not a valid service URL
          run --relay https://r.example --collection note       | not a valid NSID: "note"
          run --relay https://r.example --collection a.b.c *.x  | not a valid NSID: "*.x"
          run --host https://h.example --handles-from https://h.example | goes with --did only
          run --host http://h.example                           | need --allow-private-hosts
          run --host https://h.example:8443                     | need --allow-private-hosts
          run --host https://h.example --plc http://p.example   | need --allow-private-hosts
          run --host https://h.example --plc plc                | not a valid service URL: "plc"
          run --host https://h.example                          | say where records go
          run --host https://h.example --db x                   | not a JDBC URL
          run --host https://h.example --db jdbc:oracle:thin:@h | not a JDBC URL of a supported
          run --host https://h.example --db jdbc:sqlite:        | no file named
          run --host https://h.example --db jdbc:sqlite::memory: | in memory
          run --host https://h.example --db jdbc:h2:mem:x       | in memory
          run --host https://h.example --db jdbc:h2:x           | H2 wants a file named
          run --host https://h.example --db jdbc:h2:./x;AUTO_SERVER=TRUE | use SQLite or a server
          run --host https://h.example --db jdbc:postgresql://h:x/d | not a PostgreSQL URL
          run --host https://h.example --db jdbc:mariadb:h:x/d   | not a MariaDB or MySQL URL
          run --host https://h.example --db jdbc:mysql://h:x/d   | not a MariaDB or MySQL URL
          run --host https://h.example --db jdbc:mysql://h       | no database named
          run --host https://h.example --db jdbc:sqlite:x --jsonl y | choose one
          run --host https://h.example --dry-run --db jdbc:sqlite:x --jsonl y | choose one
          run --host https://h.example --fetch quickly          | not a way of reading repos
          run --host https://h.example --verify some            | neither full nor none
          run --host https://h.example --max-rps-per-host 0     | must be more than 0
          run --host https://h.example --max-rps-per-host many  | 'many' is not a
          run --host https://h.example --concurrency 0          | must be at least 1
          run --host https://h.example --concurrency x          | 'x' is not an int
          run --did "" --db jdbc:sqlite:x                       | --did
          jobs                                                  | say what to do
          jobs list                                             | say where records go
          jobs show --db jdbc:sqlite:x                          | Missing required parameter
          jobs show 12 --db jdbc:sqlite:x                       | not the id of a job: "12"
          worker --db jdbc:sqlite:x                             | say which job to join
          worker x --db jdbc:sqlite:x                           | not the id of a job: "x"
          worker --all                                          | say where records go
          jobs errors x --db jdbc:sqlite:x                      | not the id of a job: "x"
          repo                                                  | say what to do
          repo ls                                               | Missing required parameter
          repo ls a.car b.car                                   | Unmatched argument
          repo ls did:plc                                       | not a valid DID: "did:plc"
          repo ls x.car --collection note                       | not a valid NSID: "note"
          repo ls x.car --car y.car                             | --car goes with a DID only
          repo verify x.car --key z123                          | not a did:key of a curve in use
          repo verify x.car --key did:key:zQ3sh                 | not a did:key of a curve in use
          repo verify x.car --plc http://p.example              | need --allow-private-hosts
          repo verify x.car --no-signature --key did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme | contradict
          repo export did:web:a.example --plc plc               | not a valid service URL: "plc"
          repo verify x.car --out y                             | Unknown option
          ingester --host https://h.example                     | --redis
          ingester --redis redis://h                            | --host
          ingester --redis http://h --host https://h.example    | not the URL of a Redis
          ingester --redis redis://h --host http://h.example    | need --allow-private-hosts
          backfiller                                            | --redis
          backfiller --redis nonsense                           | not the URL of a Redis
          backfiller --redis redis://h --collection x           | not a valid NSID: "x"
          -v                                                    | say what to do
          nonsense                                              | Unmatched argument
          """)
  void unusable(String commandLine, String said) {
    ToolRun run = ToolRun.of(split(commandLine));

    assertThat(run.status()).isEqualTo(ExitStatus.USAGE);
    assertThat(run.err()).contains(said).startsWith("atproto-backfill").hasLineCount(1);
    assertThat(run.out()).isEmpty();
  }

  @Test
  void badReposAreNamedAllAtOnce() {
    ToolRun run =
        ToolRun.of("run", "--did", "did:plc", "not a name", "", "--db", "jdbc:sqlite:unused.db");

    assertThat(run.status()).isEqualTo(ExitStatus.USAGE);
    assertThat(run.err()).contains("did:plc").contains("not a name");
    assertThat(run.out()).isEmpty();
  }

  @Test
  void passwordsAreNotShown() {
    ToolRun run = ToolRun.of("run", "--db", "jdbc:nosql://u:hush@h/d?password=secret&x=y");

    assertThat(run.err()).contains("not a JDBC URL").doesNotContain("hush", "secret");
  }

  @Test
  void helpNamesEveryCommandAndStatus() {
    ToolRun run = ToolRun.of("--help");

    assertThat(run.status()).isZero();
    assertThat(run.out()).contains("demo", "run", "worker", "jobs", "repo", "130");
  }

  private static String[] split(String commandLine) {
    return commandLine
        .replace("\"\"", "\u0000")
        .lines()
        .flatMap(line -> java.util.Arrays.stream(line.split(" +")))
        .map(word -> word.equals("\u0000") ? "" : word)
        .toArray(String[]::new);
  }
}
