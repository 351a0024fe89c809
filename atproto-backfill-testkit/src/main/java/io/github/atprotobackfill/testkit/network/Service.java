package io.github.atprotobackfill.testkit.network;

/** What a host knows to answer when no fault prevents it. Thread-safe. */
interface Service {

  /**
   * The answer.
   *
   * @throws Refusal when it is an error
   */
  HttpAnswer answer(HttpRequest request);

  /** The answer, be it an error. */
  default HttpAnswer reply(HttpRequest request) {
    try {
      return answer(request);
    } catch (Refusal refusal) {
      return refusal.answer();
    }
  }

  /** The name under which a request is counted. */
  String method(HttpRequest request);
}
