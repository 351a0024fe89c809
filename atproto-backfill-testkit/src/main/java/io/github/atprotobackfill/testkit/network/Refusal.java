package io.github.atprotobackfill.testkit.network;

/** A request that a service answers with an error. */
final class Refusal extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient HttpAnswer answer;

  Refusal(HttpAnswer answer) {
    super(null, null, false, false);
    this.answer = answer;
  }

  static Refusal invalid(String message) {
    return new Refusal(HttpAnswer.error(400, "InvalidRequest", message));
  }

  HttpAnswer answer() {
    return answer;
  }
}
