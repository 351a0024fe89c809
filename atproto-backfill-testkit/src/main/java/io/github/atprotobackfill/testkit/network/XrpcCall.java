package io.github.atprotobackfill.testkit.network;

import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Handle;
import io.github.atprotobackfill.syntax.Nsid;
import io.github.atprotobackfill.syntax.Tid;
import java.util.Optional;

/** An XRPC query whose parameters are checked, and refused, in the reference PDS's words. */
record XrpcCall(String method, HttpRequest request) {

  static final String PATH = "/xrpc/";

  String required(String name) {
    String value = request.params().get(name);
    if (value == null) {
      throw invalid("Missing required key \"" + name + "\"");
    }
    return value;
  }

  /** A parameter that is absent when it is empty. */
  Optional<String> optional(String name) {
    return Optional.ofNullable(request.params().get(name)).filter(value -> !value.isEmpty());
  }

  String did(String name) {
    String value = required(name);
    if (Did.tryParse(value).isEmpty()) {
      throw invalid("Invalid DID (got \"" + value + "\")");
    }
    return value;
  }

  String tid(String name) {
    String value = required(name);
    if (Tid.tryParse(value).isEmpty()) {
      throw invalid("Invalid TID string");
    }
    return value;
  }

  String atIdentifier(String name) {
    String value = required(name);
    if (Did.tryParse(value).isEmpty() && Handle.tryParse(value).isEmpty()) {
      throw invalid("Invalid AT identifier (got \"" + value + "\")");
    }
    return value;
  }

  String nsid(String name) {
    String value = required(name);
    if (Nsid.tryParse(value).isEmpty()) {
      throw invalid("Invalid NSID (got \"" + value + "\")");
    }
    return value;
  }

  boolean flag(String name) {
    Optional<String> value = optional(name);
    if (value.isPresent() && !value.get().equals("true") && !value.get().equals("false")) {
      throw invalid("Expected boolean value type (got \"" + value.get() + "\")");
    }
    return value.isPresent() && value.get().equals("true");
  }

  int limit(int usual, int most) {
    Optional<String> value = optional("limit");
    if (value.isEmpty()) {
      return usual;
    }
    if (!value.get().matches("-?\\d{1,9}")) {
      throw invalid("Expected integer value type (got \"" + value.get() + "\")");
    }
    int limit = Integer.parseInt(value.get());
    if (limit > most) {
      throw invalid("integer too big (maximum " + most + ", got " + limit + ")");
    }
    if (limit < 1) {
      throw invalid("integer too small (minimum 1, got " + limit + ")");
    }
    return limit;
  }

  private Refusal invalid(String message) {
    return Refusal.invalid("Invalid " + method + " params: " + message);
  }
}
