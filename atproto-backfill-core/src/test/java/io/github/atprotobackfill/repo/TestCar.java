package io.github.atprotobackfill.repo;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** CAR files as tests need them, broken ones included. Blocks keep the order in which they came. */
final class TestCar {

  private static final byte[] CID_HEAD = {1, 0x71, 0x12, 0x20};

  private final List<byte[]> sections = new ArrayList<>();

  /** A block under its own hash, which is given back: 32 bytes. */
  byte[] block(byte[] content) {
    byte[] digest = sha256(content);
    section(cid(digest), content);
    return digest;
  }

  /** A block under any CID. */
  TestCar section(byte[] cid, byte[] content) {
    sections.add(joined(uvarint(cid.length + content.length), cid, content));
    return this;
  }

  TestCar raw(byte[] bytes) {
    sections.add(bytes);
    return this;
  }

  int size() {
    return sections.size();
  }

  void removeLast() {
    sections.remove(sections.size() - 1);
  }

  TestCar remove(int i) {
    sections.remove(i);
    return this;
  }

  TestCar shuffled(long seed) {
    Collections.shuffle(sections, new Random(seed));
    return this;
  }

  TestCar reversed() {
    Collections.reverse(sections);
    return this;
  }

  byte[] bytes(byte[]... rootDigests) {
    return withHeader(header(rootDigests));
  }

  byte[] withHeader(byte[] header) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(uvarint(header.length));
    out.writeBytes(header);
    sections.forEach(out::writeBytes);
    return out.toByteArray();
  }

  InputStream stream(byte[] rootDigest) {
    return new ByteArrayInputStream(bytes(rootDigest));
  }

  static byte[] header(byte[]... rootDigests) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(0xa2);
    out.writeBytes(joined(new byte[] {0x65}, "roots".getBytes(US_ASCII)));
    out.write(0x80 + rootDigests.length);
    for (byte[] root : rootDigests) {
      out.writeBytes(link(root));
    }
    out.writeBytes(joined(new byte[] {0x67}, "version".getBytes(US_ASCII), new byte[] {1}));
    return out.toByteArray();
  }

  static byte[] link(byte[] digest) {
    return joined(new byte[] {(byte) 0xd8, 0x2a, 0x58, 0x25, 0}, cid(digest));
  }

  static byte[] cid(byte[] digest) {
    return joined(CID_HEAD, digest);
  }

  static byte[] uvarint(long value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    long rest = value;
    while (rest > 0x7f) {
      out.write((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
    return out.toByteArray();
  }

  static byte[] sha256(byte[] content) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(content);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  static byte[] joined(byte[]... pieces) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] piece : pieces) {
      out.writeBytes(piece);
    }
    return out.toByteArray();
  }
}
