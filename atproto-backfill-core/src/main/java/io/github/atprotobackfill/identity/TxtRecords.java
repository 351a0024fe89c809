package io.github.atprotobackfill.identity;

import java.io.IOException;
import java.util.List;

/** Reads TXT records from the domain name system. */
@FunctionalInterface
interface TxtRecords {

  /**
   * The texts at {@code name}, the strings of each record joined; empty when there is no such name
   * or no such record.
   *
   * @throws IOException when the name servers cannot be asked
   */
  List<String> find(String name) throws IOException, InterruptedException;
}
