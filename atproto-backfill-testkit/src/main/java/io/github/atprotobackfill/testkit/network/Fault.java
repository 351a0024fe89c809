package io.github.atprotobackfill.testkit.network;

import io.github.atprotobackfill.syntax.Did;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Something that goes wrong at a {@link SimulatedHost}, and when. Immutable; the same fault may be
 * ordered at many hosts.
 *
 * <p>A fault strikes every request unless it is narrowed: by {@link #on} to methods, by {@link
 * #next} or {@link #after} to a span of the requests that come from the order on, by {@link
 * #withProbability} to some of them. Faults that strike the same request add up: limits come first,
 * then the first answer in place of the service's, then edits of the service's answer, and latency,
 * speed and ending in any case.
 *
 * <p>The faults of whole repos, from {@link #missingBlock} on, concern {@code getRepo} and leave
 * all else alone. Where nothing else is said, hashes, tree and signature are as true as they can be
 * beside the fault.
 */
public final class Fault {

  private static final long ENDLESS = Long.MAX_VALUE;

  final String name;
  final Effect effect;
  final List<String> methods;
  final long first;
  final long count;
  final double probability;

  private Fault(
      String name,
      Effect effect,
      List<String> methods,
      long first,
      long count,
      double probability) {
    this.name = name;
    this.effect = effect;
    this.methods = methods;
    this.first = first;
    this.count = count;
    this.probability = probability;
  }

  private static Fault always(String name, Effect effect) {
    return new Fault(name, effect, List.of(), 0, Long.MAX_VALUE, 1);
  }

  private static Fault edit(String name, Effect.AnswerEdit edit) {
    return always(name, new Effect.Edit(edit));
  }

  private static Fault export(String name, UnaryOperator<RepoExport> change) {
    return always(name, new Effect.Export(change));
  }

  private static Fault blocks(String name, BlockEdit edit) {
    return export(name, repo -> repo.with(edit));
  }

  private static Fault deliver(String name, UnaryOperator<Delivery> change) {
    return always(name, new Effect.Deliver(change));
  }

  /**
   * A true rate limit: so many requests in a window that begins with the first of them. All answers
   * carry {@code RateLimit-*} headers as the reference host's do (the reset in seconds since 1970,
   * rounded down); what is over the limit is answered 429 with {@code Retry-After}. The time is
   * that of {@link SimulatedNetworkBuilder#clock}.
   */
  public static Fault rateLimit(int requests, Duration per) {
    if (requests < 1 || per.toMillis() < 1) {
      throw new IllegalArgumentException("at least one request in at least 1 ms is needed");
    }
    return always("rateLimit", new Effect.Limit(requests, per));
  }

  /** 429 as a page of HTML without any header that tells how long to wait. */
  public static Fault bareTooManyRequests() {
    HttpAnswer answer =
        HttpAnswer.html(429, "<html><body><h1>429 Too Many Requests</h1></body></html>\n");
    return always("bareTooManyRequests", new Effect.Refuse(call -> answer));
  }

  /** An error with the generic name of its status (protocol: XRPC error responses). */
  public static Fault status(int status) {
    return error(status, GenericErrors.name(status), "simulated");
  }

  /** An error with a name and message of your choice. */
  public static Fault error(int status, String error, String message) {
    HttpAnswer answer = HttpAnswer.error(status, error, message);
    return always("error " + status, new Effect.Refuse(call -> answer));
  }

  /**
   * The endpoint is not offered; narrow it by {@link #on}.
   *
   * @param status 400 as a reference PDS says it, 404 as a relay does, or 501 as the protocol does
   */
  public static Fault unsupported(int status) {
    return always(
        "unsupported", new Effect.Refuse(call -> GenericErrors.unsupported(status, call.method())));
  }

  /** Sends the client to another URL. */
  public static Fault redirect(String location) {
    HttpAnswer answer =
        HttpAnswer.of(302, "text/plain", "").withHeaders(Map.of("Location", location));
    return always("redirect", new Effect.Refuse(call -> answer));
  }

  /** A wait before the answer. */
  public static Fault latency(Duration wait) {
    return deliver("latency", delivery -> delivery.later(wait.toMillis()));
  }

  /** The body comes no faster than this. */
  public static Fault trickle(long bytesPerSecond) {
    if (bytesPerSecond < 1) {
      throw new IllegalArgumentException("bytesPerSecond must be positive: " + bytesPerSecond);
    }
    return deliver("trickle", delivery -> delivery.slower(bytesPerSecond));
  }

  /** The connection is reset after half of the body. */
  public static Fault reset() {
    return deliver("reset", delivery -> delivery.ending(new Delivery.Ending.Reset()));
  }

  /** The request is read and never answered. */
  public static Fault silence() {
    return deliver("silence", delivery -> delivery.ending(new Delivery.Ending.Silence()));
  }

  /** The body is blown up to this size by white space; without a {@code Content-Length}. */
  public static Fault oversize(long bytes) {
    return deliver(
        "oversize", delivery -> delivery.ending(new Delivery.Ending.Padded(bytes, false)));
  }

  /** The body goes on until the client hangs up. */
  public static Fault endless() {
    return oversize(ENDLESS);
  }

  /** The body has this size when it is decompressed, and about a thousandth of it on the wire. */
  public static Fault gzipBomb(long bytes) {
    return deliver(
        "gzipBomb", delivery -> delivery.ending(new Delivery.Ending.Padded(bytes, true)));
  }

  /** Half of the body, and an end as if that were all. */
  public static Fault truncated() {
    return edit("truncated", (request, answer, service) -> AnswerEdits.truncated(answer));
  }

  /** 200 with a page of HTML, as a captive portal or a host's front page answers. */
  public static Fault html() {
    return edit(
        "html",
        (request, answer, service) ->
            HttpAnswer.html(200, "<!DOCTYPE html><html><body>Welcome</body></html>\n"));
  }

  /** A body that is no JSON, though it claims to be. */
  public static Fault invalidJson() {
    return body(json -> json.replaceFirst(":", "="));
  }

  /** A listing that answers every cursor with the same cursor. */
  public static Fault loopingCursor() {
    return edit(
        "loopingCursor", (request, answer, service) -> AnswerEdits.sameCursor(request, answer));
  }

  /** Every row of a listing stands twice on its page. */
  public static Fault duplicateRows() {
    return edit("duplicateRows", (request, answer, service) -> AnswerEdits.rowsTwice(answer));
  }

  /**
   * Pages of {@code listRecords} behind the first begin with records that came before their cursor,
   * and go on as they should.
   *
   * @param records how many, at most 100
   */
  public static Fault overlappingPages(int records) {
    if (records < 1 || records > 100) {
      throw new IllegalArgumentException("1 to 100 records are needed: " + records);
    }
    return edit(
        "overlappingPages",
        (request, answer, service) -> AnswerEdits.overlapping(request, answer, service, records));
  }

  /** The records on a page claim to be another account's. */
  public static Fault foreignRepo(Did other) {
    return edit(
        "foreignRepo", (request, answer, service) -> AnswerEdits.foreign(answer, other.value()));
  }

  /** Every field of this name is left out, wherever it stands in the JSON. */
  public static Fault missingField(String name) {
    return edit(
        "missingField " + name, (request, answer, service) -> AnswerEdits.without(answer, name));
  }

  /**
   * The first record on a page of {@code listRecords} is not the one whose CID stands beside it.
   */
  public static Fault forgedRecord() {
    return edit("forgedRecord", (request, answer, service) -> AnswerEdits.forged(answer));
  }

  /** A block is not there: the commit, a record, or a node of the tree, the root if it is alone. */
  public static Fault missingBlock(BlockKind kind) {
    return blocks("missingBlock " + kind, BlockEdit.missing(kind));
  }

  /** A bit of such a block is turned over, so that it is not what its CID says. */
  public static Fault flippedBit(BlockKind kind) {
    return blocks("flippedBit " + kind, BlockEdit.flipped(kind));
  }

  /** The commit is another account's, though signed with the key of this one. */
  public static Fault commitOf(Did other) {
    return export("commitOf " + other, repo -> RepoEdits.ofAnother(repo, other));
  }

  /**
   * The repo as it once was: before any {@code put} or {@code delete}; where there was none, the
   * same records with a rev a second older.
   */
  public static Fault oldSnapshot() {
    return export("oldSnapshot", RepoEdits::atFirst);
  }

  /** The commit's rev is so far ahead of {@link SimulatedNetworkBuilder#clock}. */
  public static Fault futureRev(Duration ahead) {
    return export("futureRev", repo -> RepoEdits.ahead(repo, ahead));
  }

  /** The commit is signed with another account's key. */
  public static Fault wrongKey() {
    return export("wrongKey", RepoEdits::byAnotherKey);
  }

  /** The commit bears the signature with the high s, which the protocol forbids. */
  public static Fault highS() {
    return export("highS", RepoEdits::highS);
  }

  /**
   * The repo as a host has it that just imported it from another: the commit is signed with a key
   * that the DID document names no more, and its rev is older than the one that {@code
   * getLatestCommit} tells.
   */
  public static Fault justMigrated() {
    return export("justMigrated", RepoEdits::justMigrated);
  }

  /**
   * A repo that is written to while it is read: {@code write} runs when a download begins, and what
   * the repo does not have any more then is missing, save the commit with which the download began.
   * The repo and all that is told of it are changed for good, as by any write.
   *
   * @param write puts or deletes records of the repos that are read, as {@link
   *     SimulatedNetwork#put} does; called once a download that is struck
   */
  public static Fault writtenWhileRead(Runnable write) {
    return export("writtenWhileRead", repo -> RepoEdits.writtenTo(repo, write));
  }

  /** The header names a second root, behind the commit. Nothing is wrong with that. */
  public static Fault secondRoot() {
    return export("secondRoot", RepoExport::withSecondRoot);
  }

  /** Before the repo come blocks to which nothing links. Nothing is wrong with that. */
  public static Fault unreachableBlocks(int count) {
    return blocks("unreachableBlocks", RepoEdits.unreachable(count));
  }

  /** Before the repo come raw blocks, as files are stored. Nothing is wrong with that. */
  public static Fault rawBlocks(int count) {
    return blocks("rawBlocks", RepoEdits.raw(count));
  }

  /** Every block comes twice. Nothing is wrong with that. */
  public static Fault duplicateBlocks() {
    return blocks("duplicateBlocks", BlockEdit.twice());
  }

  /** Behind the repo come blocks to which nothing links, until the client hangs up. */
  public static Fault endlessBlocks() {
    return blocks("endlessBlocks", BlockEdit.endless());
  }

  /** The first block claims to have so many bytes, and has a few. */
  public static Fault hugeBlock(long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("bytes must be positive: " + bytes);
    }
    return blocks("hugeBlock", BlockEdit.before(List.of(BlockEdit.claiming(bytes))));
  }

  /** Half of the blocks, and an end as if those were all. */
  public static Fault truncatedAtBlock() {
    return blocks("truncatedAtBlock", BlockEdit.half());
  }

  /** The first record in the order of paths is not what the data model allows. */
  public static Fault invalidRecord(RecordFlaw flaw) {
    return export("invalidRecord " + flaw, repo -> repo.withRecordFlaw(flaw));
  }

  /** The tree breaks a rule. */
  public static Fault brokenTree(TreeFlaw flaw) {
    return export("brokenTree " + flaw, repo -> repo.withTreeFlaw(flaw));
  }

  /** Any other change of the text of a successful answer that is not a repo. */
  public static Fault body(UnaryOperator<String> change) {
    return edit("body", (request, answer, service) -> AnswerEdits.text(answer, change));
  }

  /** This fault for requests of these XRPC methods, or {@link SimulatedHost#DID_DOCUMENT}, only. */
  public Fault on(String... xrpcMethods) {
    return new Fault(name, effect, List.of(xrpcMethods), first, count, probability);
  }

  /** This fault for the next requests only. */
  public Fault next(long requests) {
    return new Fault(name, effect, methods, first, requests, probability);
  }

  /** This fault, sparing the next requests. */
  public Fault after(long requests) {
    return new Fault(name, effect, methods, requests, count, probability);
  }

  /** This fault for a share of the requests, 0 to 1; which of them follows from the seed. */
  public Fault withProbability(double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("a probability is from 0 to 1: " + share);
    }
    return new Fault(name, effect, methods, first, count, share);
  }

  @Override
  public String toString() {
    return name;
  }
}
