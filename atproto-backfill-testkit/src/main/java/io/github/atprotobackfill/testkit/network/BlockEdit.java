package io.github.atprotobackfill.testkit.network;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A change of the blocks of a repo while they are written. Immutable. */
@FunctionalInterface
interface BlockEdit {

  /** A sink that gives the blocks on, changed, to {@code next}. */
  BlockSink over(BlockSink next, RepoTree.Extent extent);

  /** A sink that gives everything on. */
  class Link implements BlockSink {

    final BlockSink next;

    Link(BlockSink next) {
      this.next = next;
    }

    @Override
    public void block(CarBlock block) throws IOException {
      next.block(block);
    }

    @Override
    public void end() throws IOException {
      next.end();
    }
  }

  static BlockEdit newerThan(long rev) {
    return (next, extent) ->
        new Link(next) {
          @Override
          public void block(CarBlock block) throws IOException {
            if (block.rev() > rev) {
              next.block(block);
            }
          }
        };
  }

  /** Leaves out one block. */
  static BlockEdit missing(BlockKind kind) {
    return (next, extent) ->
        new OneOf(kind, next, extent) {
          @Override
          void chosen(CarBlock block) {}
        };
  }

  /** Turns a bit of one block over. */
  static BlockEdit flipped(BlockKind kind) {
    return (next, extent) ->
        new OneOf(kind, next, extent) {
          @Override
          void chosen(CarBlock block) throws IOException {
            byte[] data = block.data().clone();
            data[data.length / 2] ^= 1;
            next.block(block.withData(data));
          }
        };
  }

  /** Strikes the first block of a kind; the root of the tree only where there is no other node. */
  abstract class OneOf extends Link {

    private final BlockKind kind;
    private final RepoTree.Extent extent;
    private boolean struck;

    OneOf(BlockKind kind, BlockSink next, RepoTree.Extent extent) {
      super(next);
      this.kind = kind;
      this.extent = extent;
    }

    @Override
    public void block(CarBlock block) throws IOException {
      boolean spared =
          struck || block.kind() != kind || (extent.nodes() > 1 && extent.isRoot(block));
      if (spared) {
        next.block(block);
      } else {
        struck = true;
        chosen(block);
      }
    }

    abstract void chosen(CarBlock block) throws IOException;
  }

  /** Writes every block twice. */
  static BlockEdit twice() {
    return (next, extent) ->
        new Link(next) {
          @Override
          public void block(CarBlock block) throws IOException {
            next.block(block);
            next.block(block);
          }
        };
  }

  /** Writes {@code first} before all others. */
  static BlockEdit before(List<CarBlock> first) {
    return (next, extent) ->
        new Link(next) {
          private boolean begun;

          @Override
          public void block(CarBlock block) throws IOException {
            if (!begun) {
              begun = true;
              for (CarBlock other : first) {
                next.block(other);
              }
            }
            next.block(block);
          }
        };
  }

  /** Ends after half of the blocks. */
  static BlockEdit half() {
    return (next, extent) ->
        new Link(next) {
          private int left = (1 + extent.nodes() + extent.records()) / 2;

          @Override
          public void block(CarBlock block) throws IOException {
            if (left-- > 0) {
              next.block(block);
            }
          }
        };
  }

  /** Goes on with blocks that nothing links to until the client hangs up. */
  static BlockEdit endless() {
    return (next, extent) ->
        new Link(next) {
          @Override
          public void end() throws IOException {
            for (int n = 0; ; n++) {
              next.block(unreachable(n));
            }
          }
        };
  }

  /**
   * Lets {@code write} happen before the first block, and leaves out what the repo does not have
   * any more then: all but the commit, which counts as read before, and what {@code write} gives.
   */
  static BlockEdit meanwhile(Supplier<Set<ByteBuffer>> write) {
    return (next, extent) ->
        new Link(next) {
          private @Nullable Set<ByteBuffer> there;

          @Override
          public void block(CarBlock block) throws IOException {
            Set<ByteBuffer> left = there == null ? write.get() : there;
            there = left;
            if (block.kind() == BlockKind.COMMIT || left.contains(ByteBuffer.wrap(block.cid()))) {
              next.block(block);
            }
          }
        };
  }

  static CarBlock unreachable(int number) {
    ByteWriter data = new ByteWriter(64);
    new CborWriter(data).map(2).text("n").number(number).text("text").text("unreachable");
    byte[] cid = new CidMaker().of(data);
    return new CarBlock(BlockKind.RECORD, cid, data.toByteArray(), Long.MAX_VALUE, List.of());
  }

  static CarBlock raw(int number) {
    byte[] data =
        ("no DAG-CBOR, number " + number).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    return new CarBlock(
        BlockKind.RECORD, new CidMaker().ofRaw(data), data, Long.MAX_VALUE, List.of());
  }

  /** A block that claims to have so many bytes of data, and has a few. */
  static CarBlock claiming(long bytes) {
    CarBlock block = unreachable(0);
    return new CarBlock(block.kind(), block.cid(), block.data(), block.rev(), block.links(), bytes);
  }
}
