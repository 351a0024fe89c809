package io.github.atprotobackfill.fetch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.repo.Repo;
import io.github.atprotobackfill.repo.RepoReader;
import io.github.atprotobackfill.syntax.Cid;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.Tid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcClient;
import io.github.atprotobackfill.xrpc.XrpcException;
import io.github.atprotobackfill.xrpc.XrpcParams;
import io.github.atprotobackfill.xrpc.XrpcResponse;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One repo at one host: the endpoints that tell of it, each method one exchange. What a host says
 * of an account that is not active, or not there, becomes a {@link RepoUnavailableException}.
 */
final class HostRepo {

  static final Nsid GET_LATEST_COMMIT = Nsid.parse("com.atproto.sync.getLatestCommit");
  static final Nsid GET_REPO = Nsid.parse("com.atproto.sync.getRepo");
  static final Nsid GET_REPO_STATUS = Nsid.parse("com.atproto.sync.getRepoStatus");
  static final Nsid DESCRIBE_REPO = Nsid.parse("com.atproto.repo.describeRepo");
  static final Nsid LIST_RECORDS = Nsid.parse("com.atproto.repo.listRecords");

  /** Records asked for at once; the protocol allows no more. */
  static final int PAGE_SIZE = 100;

  /** The largest answer taken about a repo as a whole, in bytes. */
  static final int MAX_ANSWER_BYTES = 1 << 20;

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private final XrpcClient client;
  private final ServiceUrl pds;
  private final Did did;

  HostRepo(XrpcClient client, ServiceUrl pds, Did did) {
    this.client = client;
    this.pds = pds;
    this.did = did;
  }

  /**
   * The repo's latest commit, as the host tells it.
   *
   * @param cid the commit's CID; null when it tells none that is well-formed
   */
  record LatestCommit(@Nullable Cid cid, Tid rev) {}

  /** The repo's latest commit. */
  LatestCommit latestCommit() throws InterruptedException {
    JsonNode answer;
    try {
      answer = ask(GET_LATEST_COMMIT, XrpcParams.none().with("did", did.value()));
    } catch (XrpcException e) {
      if (e.kind() == ErrorKind.NOT_SUPPORTED) {
        String what = "not offered, so that records read from this host could not be dated";
        throw XrpcException.invalidResponse(pds, GET_LATEST_COMMIT, what, e);
      }
      throw e;
    }
    String rev = text(answer, "rev");
    return new LatestCommit(
        Optional.ofNullable(text(answer, "cid")).flatMap(Cid::tryParse).orElse(null),
        Optional.ofNullable(rev)
            .flatMap(Tid::tryParse)
            .orElseThrow(() -> invalid(GET_LATEST_COMMIT, "rev is not a TID: " + rev, null)));
  }

  /**
   * The collections that the repo has records in.
   *
   * @param collections the well-formed ones
   * @param malformed how many names were none
   */
  record Collections(NavigableSet<Nsid> collections, int malformed) {}

  /** The collections that the repo has records in. */
  Collections collections() throws InterruptedException {
    JsonNode answer = ask(DESCRIBE_REPO, XrpcParams.none().with("repo", did.value()));
    if (!did.value().equals(text(answer, "did"))) {
      throw invalid(DESCRIBE_REPO, "tells of " + text(answer, "did") + " instead of " + did, null);
    }
    JsonNode names = answer.path("collections");
    if (!names.isArray()) {
      throw invalid(DESCRIBE_REPO, "collections are missing", null);
    }
    NavigableSet<Nsid> collections = new TreeSet<>();
    int malformed = 0;
    for (JsonNode name : names) {
      Optional<Nsid> collection = Nsid.tryParse(name.asText());
      collection.ifPresent(collections::add);
      malformed += collection.isPresent() ? 0 : 1;
    }
    return new Collections(collections, malformed);
  }

  /**
   * The whole repo, checked as far as it can be by itself.
   *
   * @throws io.github.atprotobackfill.repo.InvalidRepoException when it is not what it should be
   */
  Repo export(RepoReader reader) throws InterruptedException {
    XrpcParams params = XrpcParams.none().with("did", did.value());
    try {
      return unlessUnavailable(
          () ->
              client.query(
                  pds,
                  GET_REPO,
                  params,
                  RepoExportFetcher.MOST_BYTES,
                  (servedBy, body) -> reader.read(body)));
    } catch (InterruptedIOException e) {
      Thread.interrupted(); // told by the exception from here on
      throw new InterruptedException("interrupted while " + did + " was being read");
    } catch (IOException e) {
      throw new UncheckedIOException(pds.authority() + " " + GET_REPO + " " + did, e);
    }
  }

  /** A page of records in ascending order of their keys, unread. */
  byte[] records(Nsid collection, @Nullable String cursor) throws InterruptedException {
    XrpcParams params =
        XrpcParams.none()
            .with("repo", did.value())
            .with("collection", collection.value())
            .with("limit", PAGE_SIZE)
            .with("reverse", "true");
    return query(LIST_RECORDS, cursor == null ? params : params.with("cursor", cursor)).body();
  }

  /**
   * Asks what became of a repo that {@code listRecords} does not find, which it says of deleted,
   * deactivated and taken-down accounts alike.
   *
   * @throws XrpcException when the host does not say, or says that the account is active
   */
  RepoUnavailableException whyNotFound() throws InterruptedException {
    JsonNode answer = ask(GET_REPO_STATUS, XrpcParams.none().with("did", did.value()));
    JsonNode active = answer.path("active");
    if (!active.isBoolean()) {
      throw invalid(GET_REPO_STATUS, "active is missing", null);
    }
    if (active.booleanValue()) {
      throw invalid(GET_REPO_STATUS, did + " is active, yet its records are not found", null);
    }
    String word = text(answer, "status");
    // The protocol leaves open which inactive states there are. An unknown one hides the account
    // as a deactivation does, and may end as one does.
    RepoStatus status =
        Optional.ofNullable(word).flatMap(RepoStatus::ofWord).orElse(RepoStatus.DEACTIVATED);
    return new RepoUnavailableException(
        status, pds.authority() + ": " + did + " is not active (" + word + ")");
  }

  private JsonNode ask(Nsid method, XrpcParams params) throws InterruptedException {
    byte[] body = query(method, params).body();
    if (body.length > MAX_ANSWER_BYTES) {
      throw invalid(method, "the answer has " + body.length + " bytes", null);
    }
    try {
      JsonNode answer = JSON.readTree(body);
      if (!answer.isObject()) {
        throw invalid(method, "not a JSON object", null);
      }
      return answer;
    } catch (JsonProcessingException e) {
      throw invalid(method, "not valid JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw invalid(method, "not readable: " + e.getMessage(), e);
    }
  }

  private XrpcResponse query(Nsid method, XrpcParams params) throws InterruptedException {
    try {
      return unlessUnavailable(() -> client.query(pds, method, params));
    } catch (IOException e) {
      throw new IllegalStateException("a whole answer is read by the client itself", e);
    }
  }

  /** An exchange with the host. */
  private interface Exchange<T> {
    T make() throws IOException, InterruptedException;
  }

  private static <T> T unlessUnavailable(Exchange<T> exchange)
      throws IOException, InterruptedException {
    try {
      return exchange.make();
    } catch (XrpcException e) {
      Optional<RepoStatus> status = e.error().flatMap(HostRepo::statusOfError);
      if (status.isPresent()) {
        throw new RepoUnavailableException(status.get(), String.valueOf(e.getMessage()));
      }
      throw e;
    }
  }

  /** The account status behind an error name; the last is a relay's word, not a PDS's. */
  private static Optional<RepoStatus> statusOfError(String error) {
    return switch (error) {
      case "RepoNotFound" -> Optional.of(RepoStatus.GONE);
      case "RepoTakendown" -> Optional.of(RepoStatus.TAKENDOWN);
      case "RepoSuspended" -> Optional.of(RepoStatus.SUSPENDED);
      case "RepoDeactivated" -> Optional.of(RepoStatus.DEACTIVATED);
      case "RepoDeleted" -> Optional.of(RepoStatus.GONE);
      default -> Optional.empty();
    };
  }

  private static @Nullable String text(JsonNode answer, String field) {
    return answer.path(field).textValue();
  }

  private XrpcException invalid(Nsid method, String what, @Nullable Throwable cause) {
    return XrpcException.invalidResponse(pds, method, what, cause);
  }
}
