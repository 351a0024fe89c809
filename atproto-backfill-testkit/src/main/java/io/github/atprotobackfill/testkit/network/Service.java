package io.github.atprotobackfill.testkit.network;

/** What a host knows to answer when no fault prevents it. Thread-safe. */
interface Service {

  HttpAnswer answer(HttpRequest request);

  /** The name under which a request is counted. */
  String method(HttpRequest request);
}
