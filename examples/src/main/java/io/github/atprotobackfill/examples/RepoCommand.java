package io.github.atprotobackfill.examples;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.atprotobackfill.repo.RecordCursor;
import io.github.atprotobackfill.repo.Repo;
import io.github.atprotobackfill.repo.RepoKey;
import io.github.atprotobackfill.syntax.Nsid;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code repo}: looks into one repo, in a file or where it lives. */
@Command(
    name = "repo",
    description = "Looks into one repo: in a CAR file, piped in, or fetched from its host.",
    synopsisSubcommandLabel = "(ls | verify | export)")
final class RepoCommand implements Runnable {

  @Spec private CommandSpec spec = CommandSpec.create();
  @ParentCommand private @Nullable Main main;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "say what to do: repo ls | verify | export FILE|DID");
  }

  @Command(
      description = {
        "Lists the collections, each with the number of its records.",
        "Hashes and the tree are checked; the signature is for verify."
      })
  int ls(
      @Mixin RepoInput input,
      @Mixin NetworkOptions network,
      @Option(names = "-l", description = "List the records instead: key and CID.") boolean records,
      @Option(
              names = "--collection",
              paramLabel = "NSID",
              description = "List the records of this collection; may be repeated.")
          @Nullable List<Nsid> collections,
      @Option(
              names = "--json",
              description = "As one JSON object; records as one object on each line.")
          boolean json)
      throws InterruptedException {
    try (Repo repo = opened(input, network)) {
      if (records || collections != null) {
        listRecords(repo, set(collections), json);
      } else {
        listCollections(repo, json);
      }
      requireWritten();
      return ExitStatus.COMPLETED;
    }
  }

  @Command(
      description = {
        "Says what is proven of a repo: that every block has its hash, that the tree is valid and"
            + " complete, that every record is well-formed, and that the account's key signed it.",
        "Exit status 0 when all of that is proven, 3 when not."
      })
  int verify(
      @Mixin RepoInput input,
      @Mixin NetworkOptions network,
      @Option(
              names = "--key",
              paramLabel = "DID:KEY",
              description =
                  "The key that must have signed it, instead of the one that the DID document"
                      + " names.")
          @Nullable RepoKey key,
      @Option(
              names = "--no-signature",
              description = "Leave the signature unproven: nobody is asked for a key.")
          boolean noSignature,
      @Option(names = "--json", description = "As one JSON object.") boolean json)
      throws InterruptedException {
    if (key != null && noSignature) {
      throw new ParameterException(
          spec.commandLine(), "--key and --no-signature contradict each other");
    }
    check(input, network);
    RepoVerdict verdict =
        RepoVerification.of(
            input, new RepoVerification.Signer(key, !noSignature, network), console());
    if (json) {
      out().println(verdict.json());
      out().flush();
    } else {
      verdict.write(out());
    }
    return verdict.isGood() ? ExitStatus.COMPLETED : ExitStatus.INCOMPLETE;
  }

  @Command(
      description = {
        "Writes the records as lines of JSON, in the form of run --jsonl.",
        "Hashes and the tree are checked; the signature is for verify. Malformed records are left"
            + " out and named, and the exit status is 3."
      })
  int export(
      @Mixin RepoInput input,
      @Mixin NetworkOptions network,
      @Option(
              names = "--collection",
              paramLabel = "NSID",
              description = "Only this collection; may be repeated.")
          @Nullable List<Nsid> collections,
      @Option(
              names = "--out",
              paramLabel = "FILE",
              description = "Write to FILE, which is replaced; default standard output.")
          @Nullable Path file)
      throws InterruptedException {
    try (Repo repo = opened(input, network)) {
      RecordExport export = new RecordExport(repo, set(collections), console());
      if (file == null) {
        export.to(out());
        requireWritten();
      } else {
        export.to(file);
      }
      return export.isWhole() ? ExitStatus.COMPLETED : ExitStatus.INCOMPLETE;
    } catch (IOException e) {
      throw ToolException.ofFile("cannot write to " + file, e);
    }
  }

  private void listCollections(Repo repo, boolean json) {
    Map<String, Long> counts = new TreeMap<>();
    RecordCursor records = repo.records();
    while (records.next()) {
      counts.merge(records.collection().value(), 1L, Long::sum);
    }
    if (json) {
      out().println(summary(repo, counts));
      return;
    }
    out().println(repo.commit().did() + " at rev " + repo.commit().rev());
    counts.forEach(
        (collection, count) -> out().printf("%12s  %s%n", Quantity.count(count), collection));
  }

  private static ObjectNode summary(Repo repo, Map<String, Long> counts) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("did", repo.commit().did().value());
    json.put("rev", repo.commit().rev().value());
    json.put("commit", repo.commit().cid().toString());
    json.put("records", repo.recordCount());
    ObjectNode collections = json.putObject("collections");
    counts.forEach(collections::put);
    return json;
  }

  private void listRecords(Repo repo, Set<Nsid> collections, boolean json) {
    RecordCursor records = repo.records(collections);
    while (records.next()) {
      String path = records.collection() + "/" + records.rkey();
      out()
          .println(
              json
                  ? JsonNodeFactory.instance
                      .objectNode()
                      .put("uri", "at://" + repo.commit().did() + "/" + path)
                      .put("cid", records.cid().toString())
                  : records.cid() + "  " + path);
    }
  }

  private Repo opened(RepoInput input, NetworkOptions network) throws InterruptedException {
    check(input, network);
    return input.open(network, console());
  }

  private static void check(RepoInput input, NetworkOptions network) {
    input.check();
    network.check(List.of());
  }

  private static Set<Nsid> set(@Nullable List<Nsid> collections) {
    return collections == null ? Set.of() : Set.copyOf(collections);
  }

  /** A writer does not throw; whoever reads the pipe may have gone away. */
  private void requireWritten() {
    if (out().checkError()) {
      throw new ToolException("standard output could not be written to its end", null);
    }
  }

  private PrintWriter out() {
    return console().out();
  }

  private Console console() {
    return Main.required(main).console();
  }
}
