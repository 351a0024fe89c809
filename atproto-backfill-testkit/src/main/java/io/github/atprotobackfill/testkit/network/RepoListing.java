package io.github.atprotobackfill.testkit.network;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One page of a host's {@code listRepos}: by time of creation, then by DID; the cursor is both of
 * the last row, and stands on every page but an empty one.
 */
final class RepoListing {

  private static final Pattern CURSOR = Pattern.compile("(\\d{1,15})::(did:.+)");
  private static final long ARRIVAL_STEP_MILLIS = 1000;

  private final World world;
  private final Repos repos;
  private final int host;
  private final ByteWriter json = new ByteWriter(64 * 1024);
  private int rows;
  private long lastCreated;
  private String lastDid = "";

  RepoListing(World world, Repos repos, int host) {
    this.world = world;
    this.repos = repos;
    this.host = host;
  }

  String page(@Nullable String after, int limit) {
    long millis = -1;
    String did = "";
    if (after != null) {
      Matcher parts = CURSOR.matcher(after);
      if (!parts.matches()) {
        throw Refusal.invalid("Malformed cursor");
      }
      millis = Long.parseLong(parts.group(1));
      did = parts.group(2);
    }
    residents(world.population.firstAfter(millis, did), limit);
    arrivals(millis, did, limit);
    if (rows == 0) {
      return "{\"repos\":[]}";
    }
    String cursor = lastCreated + "::" + lastDid;
    return "{\"cursor\":\"" + cursor + "\",\"repos\":[" + json + "]}";
  }

  private void residents(int first, int limit) {
    for (Cohort.Numbers numbers : world.population.roster(host)) {
      for (int n = Math.max(first, numbers.from()); n < numbers.to() && rows < limit; n++) {
        row(n, world.population.createdMillis(n));
      }
    }
  }

  /** Accounts that came during the run are younger than all others. */
  private void arrivals(long millis, String did, int limit) {
    List<Integer> arrivals = world.arrivals(host);
    for (int k = 0; k < arrivals.size() && rows < limit; k++) {
      int number = arrivals.get(k);
      long created =
          world.population.createdMillis(world.population.size()) + k * ARRIVAL_STEP_MILLIS;
      boolean behind =
          created > millis
              || (created == millis && world.population.did(number).compareTo(did) > 0);
      if (behind) {
        row(number, created);
      }
    }
  }

  private void row(int number, long created) {
    Account account = world.account(number);
    Account.Hosting hosting = account.at(host);
    if (hosting == Account.Hosting.ABSENT) {
      return;
    }
    String did = world.population.did(number);
    String rev = world.rev(account);
    json.text(rows == 0 ? "{\"did\":\"" : ",{\"did\":\"").text(did);
    json.text("\",\"head\":\"").text(repos.head(account));
    json.text("\",\"rev\":\"").text(rev);
    json.text(
        hosting == Account.Hosting.ACTIVE
            ? "\",\"active\":true}"
            : "\",\"active\":false,\"status\":\"" + account.inactiveWord(host) + "\"}");
    rows++;
    lastCreated = created;
    lastDid = did;
  }
}
