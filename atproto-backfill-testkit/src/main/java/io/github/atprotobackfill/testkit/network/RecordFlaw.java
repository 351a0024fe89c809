package io.github.atprotobackfill.testkit.network;

/** A rule of the data model that a record's block may break, though its hash is true. */
public enum RecordFlaw {
  /** A number with a fraction. */
  FLOAT,
  /** A longer key of a map before a shorter one. */
  KEY_ORDER,
  /** An array where a map belongs. */
  NO_MAP;

  byte[] block() {
    ByteWriter block = new ByteWriter(64);
    CborWriter cbor = new CborWriter(block);
    switch (this) {
      case FLOAT -> {
        cbor.map(1).text("n");
        block.put(0xfb).put(new byte[] {0x3f, (byte) 0xf8, 0, 0, 0, 0, 0, 0});
      }
      case KEY_ORDER -> cbor.map(2).text("text").text("flawed").text("n").number(1);
      case NO_MAP -> cbor.array(1).text("flawed");
    }
    return block.toByteArray();
  }
}
