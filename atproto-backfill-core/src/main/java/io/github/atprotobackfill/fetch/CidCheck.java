package io.github.atprotobackfill.fetch;

/**
 * What is done about records that come as JSON and, encoded as the protocol says, do not hash to
 * the CID that the host states for them. That is a lie or a defect, but also what becomes of some
 * old records that JSON cannot tell exactly.
 */
public enum CidCheck {
  /**
   * They are delivered with {@link io.github.atprotobackfill.sink.Proof#NONE}, counted and named.
   */
  MARK,
  /** They are left out, counted and named. */
  REFUSE,
  /** No CID is recomputed; every record is delivered as unproven, and none is counted. */
  OFF
}
