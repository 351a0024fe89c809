package io.github.atprotobackfill.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Handle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many threads, one question: who asks, who waits, and who takes over. */
@Timeout(60)
class SingleFlightTest {

  private static final Did DID = Did.parse("did:plc:dymdrt6um4ykyt2ykj6yjpfo");

  private final HeldDirectory directory = new HeldDirectory();
  private final DidResolver cache = CachingDidResolver.builder(directory).build();

  @Test
  void manyThreadsAskOnce() throws Exception {
    Asking first = new Asking();
    Question question = directory.next();
    List<Asking> others = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      others.add(new Asking().waiting());
    }
    question.answer("alice.example.com");

    assertThat(first.answer()).isEqualTo("alice.example.com");
    for (Asking other : others) {
      assertThat(other.answer()).isEqualTo("alice.example.com");
    }
    assertThat(directory.questions).isEmpty();
  }

  @Test
  void whoWaitsCanBeInterruptedAlone() throws Exception {
    Asking first = new Asking();
    Question question = directory.next();
    Asking impatient = new Asking().waiting();
    Asking patient = new Asking().waiting();

    impatient.thread.interrupt();
    impatient.assertInterrupted();
    question.answer("alice.example.com");

    assertThat(first.answer()).isEqualTo("alice.example.com");
    assertThat(patient.answer()).isEqualTo("alice.example.com");
    assertThat(directory.questions).isEmpty();
  }

  @Test
  void whenWhoAsksIsInterruptedAnotherAsks() throws Exception {
    Asking first = new Asking();
    directory.next();
    Asking other = new Asking().waiting();

    first.thread.interrupt();
    first.assertInterrupted();
    directory.next().answer("alice.example.com");

    assertThat(other.answer()).isEqualTo("alice.example.com");
  }

  @Test
  void anInterruptionIsNotRemembered() throws Exception {
    Asking first = new Asking();
    directory.next();
    first.thread.interrupt();
    first.assertInterrupted();

    Asking second = new Asking();
    directory.next().answer("alice.example.com");
    assertThat(second.answer()).isEqualTo("alice.example.com");
  }

  @Test
  void aDefectStaysWithWhoMetIt() throws Exception {
    Asking first = new Asking();
    Question question = directory.next();
    Asking other = new Asking().waiting();

    question.fail(new IllegalStateException("made to fail"));
    assertThatThrownBy(first::answer).hasRootCauseMessage("made to fail");
    directory.next().answer("alice.example.com");

    assertThat(other.answer()).isEqualTo("alice.example.com");
  }

  @Test
  void whoInvalidatesIsNotAnsweredByAnOlderQuestion() throws Exception {
    Asking before = new Asking();
    Question older = directory.next();
    cache.invalidate(DID);
    Asking after = new Asking();
    Question newer = directory.next();

    newer.answer("new.example.com");
    assertThat(after.answer()).isEqualTo("new.example.com");
    older.answer("old.example.com");
    assertThat(before.answer()).isEqualTo("old.example.com");

    assertThat(new Asking().answer()).isEqualTo("new.example.com");
    assertThat(directory.questions).isEmpty();
  }

  @Test
  void anOlderAnswerThatComesFirstIsNotRemembered() throws Exception {
    Asking before = new Asking();
    Question older = directory.next();
    cache.invalidate(DID);
    Asking after = new Asking();
    Question newer = directory.next();

    older.answer("old.example.com");
    assertThat(before.answer()).isEqualTo("old.example.com");
    Asking later = new Asking().waiting();
    newer.answer("new.example.com");

    assertThat(after.answer()).isEqualTo("new.example.com");
    assertThat(later.answer()).isEqualTo("new.example.com");
    assertThat(directory.questions).isEmpty();
  }

  /** A thread that resolves the DID. */
  private final class Asking {

    private final FutureTask<String> task =
        new FutureTask<>(() -> cache.resolve(DID).handle().orElseThrow().value());
    private final Thread thread = new Thread(task, "asking");

    Asking() {
      thread.setDaemon(true);
      thread.start();
    }

    /**
     * Returns once the thread waits; the directory was not asked by it, so for another's answer.
     */
    Asking waiting() {
      while (thread.getState() != Thread.State.WAITING) {
        assertThat(task.isDone()).as("answered without waiting").isFalse();
        Thread.onSpinWait();
      }
      return this;
    }

    String answer() throws Exception {
      return task.get();
    }

    void assertInterrupted() {
      assertThatThrownBy(task::get)
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(InterruptedException.class);
    }
  }

  /** A directory that answers when the test says so. */
  private static final class HeldDirectory implements DidResolver {

    private final BlockingQueue<Question> questions = new LinkedBlockingQueue<>();

    @Override
    public DidDocument resolve(Did did) throws InterruptedException {
      Question question = new Question();
      questions.add(question);
      return question.await(did);
    }

    Question next() throws InterruptedException {
      return questions.take();
    }
  }

  private static final class Question {

    private final CountDownLatch answered = new CountDownLatch(1);
    private volatile Supplier<String> handle;

    void answer(String handle) {
      this.handle = () -> handle;
      answered.countDown();
    }

    void fail(RuntimeException failure) {
      this.handle =
          () -> {
            throw failure;
          };
      answered.countDown();
    }

    DidDocument await(Did did) throws InterruptedException {
      answered.await();
      return new DidDocument(
          did, Optional.empty(), Optional.of(Handle.parse(handle.get())), Optional.empty());
    }
  }
}
