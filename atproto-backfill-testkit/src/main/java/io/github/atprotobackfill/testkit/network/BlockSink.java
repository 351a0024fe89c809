package io.github.atprotobackfill.testkit.network;

import java.io.IOException;

/** Where the blocks of a repo go, one after the other. */
@FunctionalInterface
interface BlockSink {

  void block(CarBlock block) throws IOException;

  /** Is told once, when there is no further block. */
  default void end() throws IOException {}
}
