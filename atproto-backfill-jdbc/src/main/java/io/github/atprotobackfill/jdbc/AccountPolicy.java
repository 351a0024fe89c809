package io.github.atprotobackfill.jdbc;

import io.github.atprotobackfill.sink.AccountEvent;

/**
 * What becomes of the records of an account that is no longer active. Whatever is not removed is
 * hidden: it stays in {@code atproto_record} and is left out of {@code atproto_visible_record},
 * until the account is active again.
 */
public enum AccountPolicy {
  /** Records of accounts of any status are kept. */
  KEEP_ALL,
  /**
   * The default: records of deleted accounts are removed. Those of accounts that are deactivated,
   * suspended or taken down are kept, since that is often taken back.
   */
  REMOVE_DELETED,
  /** Records of every account that is not active are removed. */
  REMOVE_INACTIVE;

  boolean removes(AccountEvent event) {
    return switch (this) {
      case KEEP_ALL -> false;
      case REMOVE_DELETED -> event.isDeleted();
      case REMOVE_INACTIVE -> !event.active();
    };
  }
}
