package io.github.atprotobackfill.fetch;

import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.repo.BlockCid;
import io.github.atprotobackfill.repo.DagCbor;
import io.github.atprotobackfill.repo.InvalidRepoException;
import io.github.atprotobackfill.sink.Proof;
import io.github.atprotobackfill.sink.RecordPut;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import org.jspecify.annotations.Nullable;

/** Recomputes the CIDs of records that came as JSON, and deals with those that differ. */
final class ListedCid {

  private final ServiceUrl pds;
  private final CidCheck check;

  ListedCid(ServiceUrl pds, CidCheck check) {
    this.pds = pds;
    this.check = check;
  }

  /** Puts a record on the page as far as it is proven; refuses it if it is to be. */
  void put(RecordPut put, PageInMaking page) {
    if (check == CidCheck.OFF) {
      page.put(put);
      return;
    }
    String wrong = wrong(put);
    if (wrong == null) {
      page.put(put.withProof(Proof.HASHED));
      return;
    }
    String message = pds.authority() + " " + HostRepo.LIST_RECORDS + ": " + put.uri() + " " + wrong;
    Failure failure = new Failure(ErrorKind.CID_MISMATCH, message);
    if (check == CidCheck.MARK) {
      page.put(put);
      page.unproven(failure);
    } else {
      page.rejected(failure);
    }
  }

  private static @Nullable String wrong(RecordPut put) {
    try {
      BlockCid recomputed = BlockCid.of(DagCbor.encodeJson(put.value().json()));
      return recomputed.text().equals(put.cid())
          ? null
          : "hashes to " + recomputed.text() + " and not to its CID " + put.cid();
    } catch (InvalidRepoException e) {
      return "has no CID that could be recomputed: " + e.getMessage();
    }
  }
}
