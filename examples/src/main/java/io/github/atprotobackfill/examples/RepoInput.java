package io.github.atprotobackfill.examples;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.fetch.RepoExportFetcher;
import io.github.atprotobackfill.repo.InvalidRepoException;
import io.github.atprotobackfill.repo.Repo;
import io.github.atprotobackfill.repo.RepoReader;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.xrpc.BodyReader;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcParams;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The repo that a command is about: in a CAR file, piped in, or fetched from its host. */
final class RepoInput {

  private static final Nsid GET_REPO = Nsid.parse("com.atproto.sync.getRepo");
  private static final String STANDARD_INPUT = "-";

  private final RepoReader reader = RepoReader.builder().build();

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  @Parameters(
      paramLabel = "FILE|DID",
      description = {
        "A CAR file, as com.atproto.sync.getRepo gives it; - is standard input.",
        "Or a DID, whose repo is fetched from its host."
      })
  private String name = "";

  @Option(
      names = "--car",
      paramLabel = "FILE",
      description = "Keep the CAR file that is fetched, also when it turns out to be invalid.")
  private @Nullable Path car;

  /** Refuses what names no repo, or asks to keep what is not fetched. */
  void check() {
    Optional<Did> did = did();
    if (car != null && did.isEmpty()) {
      throw misuse("--car goes with a DID only");
    }
  }

  /**
   * Opens the repo, its hashes and its tree checked. To be closed by the caller.
   *
   * @throws InvalidRepoException when it is not what it should be
   * @throws ToolException when it cannot be read; of kind {@code INVALID_CAR} when it is another's
   */
  Repo open(NetworkOptions network, Console console) throws InterruptedException {
    Optional<Did> did = did();
    if (did.isEmpty()) {
      return name.equals(STANDARD_INPUT) ? piped(console.in()) : read(Path.of(name));
    }
    try (NetworkAccess access = network.open()) {
      return fetchedWhole(did.get(), access, console);
    }
  }

  private Optional<Did> did() {
    if (!name.startsWith("did:")) {
      return Optional.empty();
    }
    return Optional.of(
        Did.tryParse(name).orElseThrow(() -> misuse("not a valid DID: \"" + name + "\"")));
  }

  private Repo piped(InputStream in) {
    try {
      return reader.read(in);
    } catch (IOException | UncheckedIOException e) {
      throw unreadable("standard input", e);
    }
  }

  private Repo read(Path file) {
    try {
      return reader.read(file);
    } catch (IOException | UncheckedIOException e) {
      throw unreadable(file.toString(), e);
    }
  }

  // ---- fetching

  /** A repo that is written to while it is read may come incomplete; so it has a second chance. */
  private Repo fetchedWhole(Did did, NetworkAccess access, Console console)
      throws InterruptedException {
    ServiceUrl pds =
        access
            .resolver()
            .resolve(did)
            .pds()
            .orElseThrow(
                () -> new ToolException(ErrorKind.NO_PDS, did + ": its document names no host"));
    try {
      return fetched(did, pds, access);
    } catch (InvalidRepoException e) {
      if (e.kind() != ErrorKind.INCOMPLETE_REPO) {
        throw e;
      }
      console.note(did + " came incomplete, " + e.getMessage() + "; it is fetched again");
      return fetched(did, pds, access);
    }
  }

  private Repo fetched(Did did, ServiceUrl pds, NetworkAccess access) throws InterruptedException {
    Repo repo;
    if (car == null) {
      repo = ask(did, pds, access, (servedBy, body) -> reader.read(body));
    } else {
      Path kept = car;
      ask(did, pds, access, (servedBy, body) -> keep(body, kept));
      repo = read(kept);
    }
    if (!repo.commit().did().equals(did)) {
      repo.close();
      throw new ToolException(
          ErrorKind.INVALID_CAR, pds + " gave the repo of " + repo.commit().did() + " for " + did);
    }
    return repo;
  }

  private static <T> T ask(Did did, ServiceUrl pds, NetworkAccess access, BodyReader<T> reader)
      throws InterruptedException {
    XrpcParams params = XrpcParams.none().with("did", did.value());
    try {
      return access.client().query(pds, GET_REPO, params, RepoExportFetcher.MOST_BYTES, reader);
    } catch (InterruptedIOException e) {
      throw new InterruptedException(e.getMessage());
    } catch (IOException | UncheckedIOException e) {
      throw unreadable("the repo of " + did, e);
    }
  }

  /** Writes {@code body} to {@code file}, which is there when it is whole, and not before. */
  private static Path keep(InputStream body, Path file) throws IOException {
    try (PartialFile part = begin(file)) {
      try (OutputStream out = Files.newOutputStream(part.path())) {
        body.transferTo(out);
      }
      return part.complete();
    }
  }

  private static PartialFile begin(Path file) {
    try {
      return PartialFile.of(file);
    } catch (IOException e) {
      throw ToolException.ofFile("cannot write to " + file, e);
    }
  }

  private static ToolException unreadable(String what, Exception e) {
    return ToolException.ofFile("cannot read " + what, e);
  }

  private ParameterException misuse(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
