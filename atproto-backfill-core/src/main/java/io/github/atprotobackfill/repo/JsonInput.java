package io.github.atprotobackfill.repo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.math.BigDecimal;
import java.util.Arrays;

/**
 * JSON while it is read, token after token: nothing is taken that strict JSON in strict UTF-8 is
 * not, and no number that is no integer of 64 bits. Text becomes CBOR without being made a string
 * on the way. Not thread-safe.
 */
final class JsonInput {

  private static final byte[] NOTHING = {};

  private byte[] json = NOTHING;
  private int at;
  private int end;

  /** Reads {@code json[from, to)} from now on. */
  void reset(byte[] json, int from, int to) {
    this.json = json;
    at = from;
    end = to;
  }

  void letGo() {
    json = NOTHING;
  }

  /** Moves to the next byte that is no blank and gives it; below 0 at the end and for non-ASCII. */
  int nextVisible() {
    while (at < end) {
      byte next = json[at];
      if (next != ' ' && next != '\n' && next != '\r' && next != '\t') {
        return next;
      }
      at++;
    }
    return -1;
  }

  /** Requires that nothing but blanks follows. */
  void end() {
    nextVisible();
    if (at < end) {
      throw malformed("something follows the end");
    }
  }

  void expect(char wanted) {
    if (nextVisible() != wanted) {
      throw malformed("no " + wanted);
    }
    at++;
  }

  /** Enters an object or array, and tells whether {@code bracket} does not end it at once. */
  boolean begins(char bracket) {
    at++;
    boolean more = nextVisible() != bracket;
    if (!more) {
      at++;
    }
    return more;
  }

  /** Passes the comma, which is true, or the {@code bracket} that must follow an entry or item. */
  boolean continues(char bracket) {
    int next = nextVisible();
    if (next != ',' && next != bracket) {
      throw malformed("neither a comma nor an end");
    }
    at++;
    return next == ',';
  }

  void constant(byte[] name) {
    int behind = at + name.length;
    if (behind > end || !Arrays.equals(name, 0, name.length, json, at, behind)) {
      throw malformed("not a value");
    }
    at = behind;
  }

  /** Reads the string of which the quote is next, copied whole if nothing in it is escaped. */
  void string(CborBuffer cbor) {
    int from = at + 1;
    int to = unescapedEnd(from);
    if (json[to] == '\\') {
      escapedString(from, to, cbor);
      return;
    }
    cbor.text(json, from, to);
    at = to + 1;
  }

  /** Where the next quote or backslash stands. */
  private int unescapedEnd(int from) {
    int next = CborText.plainEnd(json, from, end);
    while (next < end && json[next] < 0) {
      int size = CborText.character(json, next, end);
      if (size == 0) {
        throw malformed("a string is not UTF-8");
      }
      next += size;
      if (next < end && json[next] >= 0) {
        next = CborText.plainEnd(json, next, end);
      }
    }
    if (next == end || json[next] < ' ') {
      throw malformed("a string has no end or a control character in it");
    }
    return next;
  }

  /** Copies a string of which {@code json[from, to)} has no escapes. */
  private void escapedString(int from, int to, CborBuffer cbor) {
    int text = cbor.openText();
    cbor.put(json, from, to);
    at = to;
    while (json[at] == '\\') {
      escape(cbor);
      int next = at;
      at = unescapedEnd(next);
      cbor.put(json, next, at);
    }
    at++;
    cbor.closeText(text);
  }

  private void escape(CborBuffer cbor) {
    int escaped = at + 1 < end ? json[at + 1] : -1;
    at += 2;
    switch (escaped) {
      case '"', '\\', '/' -> cbor.put((byte) escaped);
      case 'b' -> cbor.put((byte) '\b');
      case 'f' -> cbor.put((byte) '\f');
      case 'n' -> cbor.put((byte) '\n');
      case 'r' -> cbor.put((byte) '\r');
      case 't' -> cbor.put((byte) '\t');
      case 'u' -> cbor.character(escapedCharacter());
      default -> throw malformed("an escape that JSON does not have");
    }
  }

  private int escapedCharacter() {
    char first = hex();
    if (!Character.isSurrogate(first)) {
      return first;
    }
    boolean followed = at + 1 < end && json[at] == '\\' && json[at + 1] == 'u';
    if (followed) {
      at += 2;
      char second = hex();
      if (Character.isSurrogatePair(first, second)) {
        return Character.toCodePoint(first, second);
      }
    }
    throw malformed("half a surrogate pair");
  }

  private char hex() {
    if (at + 4 > end) {
      throw malformed("a string has no end");
    }
    int value = 0;
    for (int i = 0; i < 4; i++) {
      int digit = json[at] < 0 ? -1 : Character.digit(json[at], 16);
      if (digit < 0) {
        throw malformed("an escape without four hexadecimal digits");
      }
      value = (value << 4) | digit;
      at++;
    }
    return (char) value;
  }

  /** Reads a number, which must be next and an integer of 64 bits. */
  long integer() {
    int from = at;
    boolean negative = nextVisible() == '-';
    if (negative) {
      at++;
    }
    int firstDigit = at;
    long value = 0;
    boolean fits = true;
    for (; at < end && isDigit(json[at]); at++) {
      int digit = json[at] - '0';
      fits &= value >= (Long.MIN_VALUE + digit) / 10;
      value = 10 * value - digit;
    }
    boolean leadingZero = at - firstDigit > 1 && json[firstDigit] == '0';
    if (at == firstDigit || leadingZero) {
      throw malformed("not a value");
    }
    if (at < end && (json[at] == '.' || (json[at] | 0x20) == 'e')) {
      return decimal(from);
    }
    if (!fits || (!negative && value == Long.MIN_VALUE)) {
      throw malformed("an integer of more than 64 bits");
    }
    return negative ? value : -value;
  }

  /** Reads the rest of a number that may be an integer all the same, such as 123.0. */
  private long decimal(int from) {
    if (json[at] == '.') {
      at++;
      digits();
    }
    if (at < end && (json[at] | 0x20) == 'e') {
      at++;
      if (at < end && (json[at] == '+' || json[at] == '-')) {
        at++;
      }
      digits();
    }
    if (at - from > DagCbor.MAX_NUMBER_CHARS) {
      throw malformed("a number has more than " + DagCbor.MAX_NUMBER_CHARS + " characters");
    }
    try {
      return new BigDecimal(new String(json, from, at - from, ISO_8859_1)).longValueExact();
    } catch (ArithmeticException | NumberFormatException e) {
      throw malformed("a number is not an integer of 64 bits");
    }
  }

  private void digits() {
    int from = at;
    while (at < end && isDigit(json[at])) {
      at++;
    }
    if (at == from) {
      throw malformed("a number without digits");
    }
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  InvalidRepoException malformed(String what) {
    return InvalidRepoException.malformed(message(what));
  }

  InvalidRepoException malformed(String what, Throwable cause) {
    return InvalidRepoException.malformed(message(what), cause);
  }

  private String message(String what) {
    return "JSON: " + what + " (at byte " + at + ")";
  }
}
