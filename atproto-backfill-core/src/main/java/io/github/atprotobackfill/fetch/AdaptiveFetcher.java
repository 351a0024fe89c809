package io.github.atprotobackfill.fetch;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.xrpc.HostBudget;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import io.github.atprotobackfill.xrpc.XrpcClient;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Reads each repo in the way that is expected to cost less, whole or by {@code listRecords}, and
 * learns from every repo that it reads. The way in which a repo was begun is kept to when it is
 * gone on with.
 *
 * <p>What is reckoned, in seconds: for each request the pace that the host's policy sets and the
 * way there and back; the bytes of a whole repo at the rate at which they come from this host, or
 * of its pages; and how long the host has parked either endpoint, which it may do by themselves. A
 * repo's own size counts where it was read before, else its host's average, else that of all hosts,
 * else what is known of the network at large. A host that does not offer whole repos is remembered.
 *
 * <p>Memory: the averages of up to {@value #MOST_HOSTS} hosts, the sizes of up to {@value
 * #MOST_REPOS} repos.
 */
public final class AdaptiveFetcher implements RecordFetcher {

  /** Hosts whose averages are remembered. */
  public static final int MOST_HOSTS = 10_000;

  /** Repos whose sizes are remembered. */
  public static final int MOST_REPOS = 50_000;

  /** Bytes of a listed record; it comes with its URI and CID. */
  private static final double LISTED_RECORD_BYTES = 600;

  private final XrpcClient client;
  private final RepoExportFetcher export;
  private final ListRecordsFetcher listing;
  private final HostExperience everywhere = new HostExperience(HostExperience.Averages.OF_NETWORK);
  private final Cache<String, HostExperience> hosts =
      Caffeine.newBuilder().maximumSize(MOST_HOSTS).build();
  private final Cache<Did, Long> carBytes = Caffeine.newBuilder().maximumSize(MOST_REPOS).build();
  private final Cache<String, Boolean> withoutExport =
      Caffeine.newBuilder().maximumSize(MOST_HOSTS).expireAfterWrite(Duration.ofHours(6)).build();

  /** Chooses between the defaults of both ways. */
  public AdaptiveFetcher(XrpcClient client) {
    this(client, RepoExportFetcher.of(client), new ListRecordsFetcher(client));
  }

  /** Chooses between these two, which read through {@code client}. */
  public AdaptiveFetcher(XrpcClient client, RepoExportFetcher export, ListRecordsFetcher listing) {
    this.client = client;
    this.export = export;
    this.listing = listing;
  }

  @Override
  public RepoReading open(FetchRequest request, FetchChoice choice) {
    ReadingMeter meter = new Meter(request.did(), request.pds());
    return choice.way() == FetchChoice.Way.EXPORT
        ? export.open(request, meter)
        : listing.open(request, meter);
  }

  @Override
  public FetchChoice choice(FetchRequest request) {
    Optional<FetchChoice.Way> begun = begun(request);
    if (begun.isPresent()) {
      return goingOn(begun.get(), request);
    }
    if (withoutExport.getIfPresent(request.pds().authority()) != null) {
      return listing(request, "its host does not offer whole repos", Duration.ZERO);
    }
    HostExperience.Averages known = experience(request.pds()).averages();
    Duration whole = seconds(exportSeconds(request, known));
    Duration pages = seconds(listSeconds(request, known));
    return whole.compareTo(pages) <= 0
        ? new FetchChoice(
            FetchChoice.Way.EXPORT, why(whole, pages), RepoExportFetcher.requests(request), whole)
        : listing(request, why(whole, pages), pages);
  }

  private static Optional<FetchChoice.Way> begun(FetchRequest request) {
    String position = request.position();
    if (position == null || request.snapshot()) {
      return Optional.empty();
    }
    if (ExportPosition.parse(position).isPresent()) {
      return Optional.of(FetchChoice.Way.EXPORT);
    }
    return ListPosition.parse(position)
        .filter(at -> at.pds().equals(request.pds()))
        .map(at -> FetchChoice.Way.LIST_RECORDS);
  }

  private FetchChoice goingOn(FetchChoice.Way way, FetchRequest request) {
    String why = "it was begun in this way";
    return way == FetchChoice.Way.EXPORT
        ? new FetchChoice(way, why, RepoExportFetcher.requests(request), Duration.ZERO)
        : listing(request, why, Duration.ZERO);
  }

  private FetchChoice listing(FetchRequest request, String why, Duration expected) {
    int requests = (int) Math.ceil(listRequests(request, experience(request.pds()).averages()));
    return new FetchChoice(FetchChoice.Way.LIST_RECORDS, why, requests, expected);
  }

  private static String why(Duration whole, Duration pages) {
    return String.format(
        Locale.ROOT,
        "whole in about %d ms, page by page in about %d ms",
        whole.toMillis(),
        pages.toMillis());
  }

  private static Duration seconds(double seconds) {
    return Duration.ofNanos((long) (seconds * 1e9));
  }

  // ---- reckoning

  private double exportSeconds(FetchRequest request, HostExperience.Averages known) {
    HostBudget budget = client.budget(request.pds(), HostRepo.GET_REPO);
    Long own = carBytes.getIfPresent(request.did());
    double bytes = own == null ? known.carBytes() : own;
    return wait(budget)
        + RepoExportFetcher.requests(request) * aRequest(budget, known)
        + bytes / known.bytesPerSecond();
  }

  private double listSeconds(FetchRequest request, HostExperience.Averages known) {
    HostBudget budget = client.budget(request.pds());
    double records = collections(request.collections(), known) * known.collectionRecords();
    return wait(budget)
        + listRequests(request, known) * aRequest(budget, known)
        + records * LISTED_RECORD_BYTES / known.bytesPerSecond();
  }

  private static double listRequests(FetchRequest request, HostExperience.Averages known) {
    Set<Nsid> wanted = request.collections();
    double fullPages = Math.floor(known.collectionRecords() / HostRepo.PAGE_SIZE);
    return ListRecordsFetcher.REVS
        + (wanted.isEmpty() ? 1 : 0)
        + collections(wanted, known) * (fullPages + ListRecordsFetcher.PAGES_A_COLLECTION);
  }

  private static double collections(Set<Nsid> wanted, HostExperience.Averages known) {
    return wanted.isEmpty() ? known.collections() : wanted.size();
  }

  private static double wait(HostBudget budget) {
    return budget.parkedFor().toNanos() / 1e9;
  }

  private static double aRequest(HostBudget budget, HostExperience.Averages known) {
    return 1 / budget.policy().requestsPerSecond() + known.roundTripSeconds();
  }

  // ---- learning

  private HostExperience experience(ServiceUrl pds) {
    return hosts.get(pds.authority(), host -> new HostExperience(everywhere.averages()));
  }

  /** Tells what a reading took to the averages of its host and of all hosts. */
  private final class Meter implements ReadingMeter {

    private final Did did;
    private final String host;
    private final HostExperience here;

    Meter(Did did, ServiceUrl pds) {
      this.did = did;
      this.host = pds.authority();
      this.here = experience(pds);
    }

    @Override
    public void exported(long bytes, double seconds) {
      carBytes.put(did, bytes);
      learn(known -> known.exported((double) bytes, seconds));
    }

    @Override
    public void exportNotOffered() {
      withoutExport.put(host, true);
    }

    @Override
    public void answered(double seconds) {
      learn(known -> known.answered(seconds));
    }

    @Override
    public void described(int collections) {
      learn(known -> known.described(collections));
    }

    @Override
    public void listed(long records) {
      learn(known -> known.listed((double) records));
    }

    private void learn(UnaryOperator<HostExperience.Averages> more) {
      here.learn(more);
      everywhere.learn(more);
    }
  }
}
