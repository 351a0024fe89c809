package io.github.atprotobackfill.repo;

import java.io.IOException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Repos for the tests of other rooms. */
public final class BuiltRepo {

  private static final RepoReader READER = RepoReader.builder().build();

  private BuiltRepo() {}

  /** The CAR file of Alice's repo with these paths and blocks. */
  public static byte[] car(Map<String, byte[]> records) {
    return TestRepo.of(new TreeMap<>(records)).bytes();
  }

  /** Alice's repo with these paths and blocks, whatever the blocks are. */
  public static Repo of(Map<String, byte[]> records) throws IOException {
    SortedMap<String, byte[]> sorted = new TreeMap<>(records);
    return TestRepo.of(sorted).open(READER);
  }
}
