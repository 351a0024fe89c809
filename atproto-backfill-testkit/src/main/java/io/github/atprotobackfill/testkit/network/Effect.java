package io.github.atprotobackfill.testkit.network;

import java.time.Duration;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** What a {@link Fault} does to an exchange. They work in the order in which they stand here. */
sealed interface Effect {

  /** Answers 429 once so many requests were read within a window, and says so in all answers. */
  record Limit(int requests, Duration per) implements Effect {}

  /** Answers in place of the service, which is not asked. */
  record Refuse(Function<XrpcCall, HttpAnswer> answer) implements Effect {}

  /** Changes how a repo is exported; of other answers, nothing. */
  record Export(UnaryOperator<RepoExport> change) implements Effect {}

  /** Changes a successful answer. */
  record Edit(AnswerEdit edit) implements Effect {}

  /** Changes how the answer travels. */
  record Deliver(UnaryOperator<Delivery> change) implements Effect {}

  /** A change of an answer. */
  @FunctionalInterface
  interface AnswerEdit {

    /**
     * The answer to give instead.
     *
     * @param service who made it, and may be asked for more
     */
    HttpAnswer apply(HttpRequest request, HttpAnswer answer, Service service);
  }
}
