package io.github.atprotobackfill.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Interner;
import io.github.atprotobackfill.failure.ErrorKind;
import io.github.atprotobackfill.failure.Failure;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.xrpc.ServiceUrl;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Remembers in memory what another resolver answered. Thread-safe.
 *
 * <ul>
 *   <li>However many threads want a DID at once, it is asked for once. Who waits for another's
 *       question can be interrupted; when the asking thread is interrupted, another asks.
 *   <li>That a DID is not found, tombstoned, unsupported or malformed is an answer, too: it is
 *       remembered for minutes, and it replaces a document.
 *   <li>That nobody could be reached is no answer. A document that has expired goes on being
 *       answered then, up to a bound. Without one the failure is the caller's, and is not
 *       remembered unless so configured: a job that waits before it tries again would else be told
 *       of an outage that is over.
 *   <li>Interruption and {@code RATE_LIMITED} are never remembered: they say nothing of the DID.
 *   <li>{@link #invalidate} lets the next call ask anew, even while an older question is under way.
 * </ul>
 *
 * <p>With a {@linkplain Builder#shared shared cache} all of this holds for several processes, save
 * that each of them may ask once. What such a cache holds is looked for when memory does not have
 * it; while it cannot be reached, memory and directory do.
 *
 * <p>An entry takes about 500 bytes of heap: 50 MB at the default bound, half a gigabyte for a
 * million.
 */
public final class CachingDidResolver implements DidResolver {

  /** For how long a document is answered without asking again. */
  public static final Duration DEFAULT_FRESH = Duration.ofHours(24);

  /** For how long after that it is answered while nobody can be asked. */
  public static final Duration DEFAULT_STALE = Duration.ofDays(3);

  /** For how long it is believed that there is no (usable) document. */
  public static final Duration DEFAULT_ABSENT = Duration.ofMinutes(5);

  /** For how long an expired document is answered before its directory is tried again. */
  public static final Duration DEFAULT_RECHECK = Duration.ofMinutes(2);

  /** For how long it is remembered that nobody could be reached: not at all. */
  public static final Duration DEFAULT_UNREACHABLE = Duration.ZERO;

  /** How many DIDs are remembered. */
  public static final long DEFAULT_MAX_ENTRIES = 100_000;

  private final DidResolver origin;
  private final long fresh;
  private final long stale;
  private final long absent;
  private final long recheck;
  private final long unreachable;
  private final LongSupplier ticker;
  private final SharedAnswers shared;

  private final Cache<Did, Remembered> remembered;
  private final ConcurrentMap<Did, Question> questions = new ConcurrentHashMap<>();
  private final Interner<ServiceUrl> hosts = Interner.newWeakInterner();

  private CachingDidResolver(Builder builder) {
    this.origin = builder.origin;
    this.fresh = builder.fresh.toNanos();
    this.stale = builder.stale.toNanos();
    this.absent = builder.absent.toNanos();
    this.recheck = builder.recheck.toNanos();
    this.unreachable = builder.unreachable.toNanos();
    this.ticker = builder.ticker;
    this.shared = new SharedAnswers(builder.shared);
    // Evicting is so little work that it needs no other thread.
    this.remembered =
        Caffeine.newBuilder().maximumSize(builder.maxEntries).executor(Runnable::run).build();
  }

  /** A cache before {@code origin}, with the defaults above. */
  public static Builder builder(DidResolver origin) {
    return new Builder(origin);
  }

  @Override
  public DidDocument resolve(Did did) throws InterruptedException {
    while (true) {
      Remembered known = remembered.getIfPresent(did);
      if (known != null && known.isFresh(ticker.getAsLong())) {
        return known.answer();
      }
      Question mine = new Question();
      Question earlier = questions.putIfAbsent(did, mine);
      Remembered answer = earlier == null ? ask(did, mine) : earlier.await();
      if (answer != null) {
        return answer.answer();
      }
    }
  }

  @Override
  public void invalidate(Did did) {
    // In one step with the end of a question, so that an older answer cannot come in behind us.
    questions.compute(
        did,
        (key, underWay) -> {
          remembered.invalidate(did);
          return null;
        });
    shared.forget(did);
  }

  private Remembered ask(Did did, Question question) throws InterruptedException {
    Remembered answer = null;
    try {
      // Another question may have ended between our look and our turn.
      Remembered known = known(did);
      answer =
          known != null && known.isFresh(ticker.getAsLong())
              ? known
              : kept(did, document(origin.resolve(did)));
      return answer;
    } catch (DidResolutionException e) {
      answer = withoutDocument(did, e);
      if (answer.document() == null) {
        throw e;
      }
      return answer;
    } finally {
      end(did, question, answer);
    }
  }

  /** What memory knows, or else the others do. */
  private @Nullable Remembered known(Did did) {
    Remembered known = remembered.getIfPresent(did);
    if (known != null && known.isFresh(ticker.getAsLong())) {
      return known;
    }
    Remembered others = shared.find(did).map(this::remembered).orElse(null);
    if (others == null || (known != null && !others.isFresh(ticker.getAsLong()))) {
      return known;
    }
    remembered.put(did, others);
    return others;
  }

  private Remembered remembered(DidCache.Answer answer) {
    long now = ticker.getAsLong();
    return new Remembered(
        answer.document() == null ? null : compact(answer.document()),
        answer.failure(),
        now + answer.freshFor().toNanos(),
        now + answer.usableFor().toNanos());
  }

  private Remembered kept(Did did, Remembered answer) {
    long now = ticker.getAsLong();
    shared.keep(
        did,
        new DidCache.Answer(
            answer.document(),
            answer.failure(),
            Duration.ofNanos(answer.fresh() - now),
            Duration.ofNanos(answer.usable() - now)));
    return answer;
  }

  private void end(Did did, Question question, @Nullable Remembered answer) {
    AtomicBoolean current = new AtomicBoolean();
    questions.computeIfPresent(
        did,
        (key, underWay) -> {
          if (underWay != question) {
            return underWay;
          }
          current.set(true);
          if (answer != null) {
            remember(did, answer);
          }
          return null;
        });
    if (!current.get()) {
      // It was invalidated meanwhile: what the others were told is in doubt as well.
      shared.forget(did);
    }
    question.end(answer);
  }

  private void remember(Did did, Remembered answer) {
    if (answer.isFresh(ticker.getAsLong())) {
      remembered.put(did, answer);
    } else {
      remembered.invalidate(did);
    }
  }

  private Remembered document(DidDocument document) {
    long now = ticker.getAsLong();
    return new Remembered(compact(document), null, now + fresh, now + fresh + stale);
  }

  private DidDocument compact(DidDocument document) {
    return new DidDocument(
        document.did(),
        document.pds().map(hosts::intern),
        document.handle(),
        document.signingKey());
  }

  private Remembered withoutDocument(Did did, DidResolutionException e) {
    long now = ticker.getAsLong();
    Remembered known = remembered.getIfPresent(did);
    if (!isAnswer(e.kind()) && known != null && known.isUsable(now)) {
      return known.freshUntil(now + recheck);
    }
    long until = now + keep(e.kind());
    return kept(did, new Remembered(null, Failure.of(e), until, until));
  }

  private long keep(ErrorKind kind) {
    if (isAnswer(kind)) {
      return absent;
    }
    return kind == ErrorKind.RATE_LIMITED ? 0 : unreachable;
  }

  private static boolean isAnswer(ErrorKind kind) {
    return switch (kind) {
      case DID_NOT_FOUND, DID_TOMBSTONED, DID_UNSUPPORTED, DID_DOCUMENT_INVALID -> true;
      default -> false;
    };
  }

  /**
   * What is known of a DID: either a document or a failure, and until when (in nanoseconds of the
   * ticker) it is answered without asking, and at the latest.
   */
  private record Remembered(
      @Nullable DidDocument document, @Nullable Failure failure, long fresh, long usable) {

    boolean isFresh(long now) {
      return now - fresh < 0 && now - usable < 0;
    }

    boolean isUsable(long now) {
      return document != null && now - usable < 0;
    }

    Remembered freshUntil(long until) {
      return new Remembered(document, failure, until, usable);
    }

    DidDocument answer() {
      if (document != null) {
        return document;
      }
      Failure why = Objects.requireNonNull(failure);
      throw new DidResolutionException(why.kind(), why.message(), null);
    }
  }

  /** A question under way, for others to wait for. */
  private static final class Question {

    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile @Nullable Remembered answer;

    void end(@Nullable Remembered answer) {
      this.answer = answer;
      ended.countDown();
    }

    /** The answer; null when whoever asked gave up without one. */
    @Nullable Remembered await() throws InterruptedException {
      ended.await();
      return answer;
    }
  }

  /** Configures a {@link CachingDidResolver}; not thread-safe. */
  public static final class Builder {

    private final DidResolver origin;
    private @Nullable DidCache shared;
    private Duration fresh = DEFAULT_FRESH;
    private Duration stale = DEFAULT_STALE;
    private Duration absent = DEFAULT_ABSENT;
    private Duration recheck = DEFAULT_RECHECK;
    private Duration unreachable = DEFAULT_UNREACHABLE;
    private long maxEntries = DEFAULT_MAX_ENTRIES;
    private LongSupplier ticker = System::nanoTime;

    private Builder(DidResolver origin) {
      this.origin = origin;
    }

    /** A second level that other processes share; without one by default. */
    public Builder shared(DidCache cache) {
      this.shared = cache;
      return this;
    }

    /** For how long a document is answered without asking again. */
    public Builder fresh(Duration time) {
      this.fresh = notNegative("fresh", time);
      return this;
    }

    /** For how long after that it is answered while nobody can be asked; zero for not at all. */
    public Builder stale(Duration time) {
      this.stale = notNegative("stale", time);
      return this;
    }

    /** For how long not found, tombstoned, unsupported and malformed are believed. */
    public Builder absent(Duration time) {
      this.absent = notNegative("absent", time);
      return this;
    }

    /** For how long an expired document is answered before its directory is tried again. */
    public Builder recheck(Duration time) {
      this.recheck = notNegative("recheck", time);
      return this;
    }

    /**
     * For how long it is remembered that nobody could be reached; zero for not at all. Of use to
     * who asks for the same DIDs again and again without a wait of his own.
     */
    public Builder unreachable(Duration time) {
      this.unreachable = notNegative("unreachable", time);
      return this;
    }

    /** How many DIDs are remembered. */
    public Builder maxEntries(long most) {
      if (most < 0) {
        throw new IllegalArgumentException("maxEntries must not be negative: " + most);
      }
      this.maxEntries = most;
      return this;
    }

    /** Nanoseconds of a clock that never goes back, as {@link System#nanoTime}, the default. */
    public Builder ticker(LongSupplier nanoseconds) {
      this.ticker = nanoseconds;
      return this;
    }

    public CachingDidResolver build() {
      return new CachingDidResolver(this);
    }

    private static Duration notNegative(String name, Duration time) {
      if (time.isNegative()) {
        throw new IllegalArgumentException(name + " must not be negative: " + time);
      }
      return time;
    }
  }
}
