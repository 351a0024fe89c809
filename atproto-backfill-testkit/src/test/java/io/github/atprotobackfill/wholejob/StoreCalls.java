package io.github.atprotobackfill.wholejob;

import io.github.atprotobackfill.progress.BackfillStores;
import io.github.atprotobackfill.progress.ProgressStore;
import io.github.atprotobackfill.progress.RepoStates;
import io.github.atprotobackfill.progress.WorkQueue;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.Supplier;

/** Stores whose every call passes somebody by on its way to the stores that answer it. */
final class StoreCalls {

  /** Sees a call before it is made; may hold it back. */
  interface Watch {
    void before(String method, Object[] arguments) throws Exception;
  }

  private StoreCalls() {}

  /** Stores that pass every call on to those that are {@code current} by then. */
  static BackfillStores watched(Supplier<BackfillStores> current, Watch watch) {
    ProgressStore progress = port(ProgressStore.class, () -> current.get().progress(), watch);
    WorkQueue queue = port(WorkQueue.class, () -> current.get().queue(), watch);
    RepoStates states = port(RepoStates.class, () -> current.get().states(), watch);
    return BackfillStores.of(progress, queue, states);
  }

  private static <T> T port(Class<T> type, Supplier<T> current, Watch watch) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              watch.before(method.getName(), arguments == null ? new Object[0] : arguments);
              try {
                return method.invoke(current.get(), arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }
}
