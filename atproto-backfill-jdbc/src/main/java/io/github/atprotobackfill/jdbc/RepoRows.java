package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.progress.Lease;
import io.github.atprotobackfill.progress.RepoEntry;
import io.github.atprotobackfill.progress.RepoState;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Tid;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Rows of the repo table as values. */
final class RepoRows {

  private RepoRows() {}

  static Lease lease(ResultSet row, UUID job, long fence, Duration lasts) throws SQLException {
    return new Lease(
        job,
        Did.parse(row.getString("did")),
        fence,
        lasts,
        pds(row.getString("pds")),
        rev(row.getString("rev")),
        row.getInt("attempts"),
        StoredText.decode(row.getString("position")));
  }

  static RepoEntry entry(ResultSet row) throws SQLException {
    RepoState state = RepoState.ofCode(row.getString("state"));
    return new RepoEntry(
        Did.parse(row.getString("did")),
        pds(row.getString("pds")),
        state,
        row.getInt("attempts"),
        // Before that, the column holds what discovery told.
        state == RepoState.DONE ? rev(row.getString("rev")) : null,
        row.getString("reason"),
        failure(row.getString("error_kind"), row.getString("error_message")));
  }

  static @Nullable Failure failure(@Nullable String kind, @Nullable String message) {
    return kind == null || message == null ? null : new Failure(ErrorKind.ofCode(kind), message);
  }

  static @Nullable Tid rev(@Nullable String rev) {
    return rev == null ? null : Tid.parse(rev);
  }

  static @Nullable ServiceUrl pds(String pds) {
    return pds.equals(RepoChange.NO_PDS) ? null : ServiceUrl.parse(pds);
  }
}
