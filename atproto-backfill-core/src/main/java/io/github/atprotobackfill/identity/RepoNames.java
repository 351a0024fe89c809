package io.github.atprotobackfill.identity;

import io.github.atprotobackfill.syntax.AtIdentifier;
import io.github.atprotobackfill.syntax.Did;
import io.github.atprotobackfill.syntax.Handle;
import io.github.atprotobackfill.syntax.InvalidSyntaxException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Turns a list of DIDs and handles, as a person gives it, into DIDs: all of them or none.
 * Thread-safe.
 */
public final class RepoNames {

  private final HandleResolver handles;

  /** Resolves handles through {@code handles}. */
  public RepoNames(HandleResolver handles) {
    this.handles = handles;
  }

  /**
   * The DIDs of {@code names}, each once, in the order given. Space around a name and blank entries
   * are ignored. DIDs are taken as they are, without asking whether they exist; handles are
   * resolved one after another.
   *
   * @throws BadRepoNamesException naming every entry that is neither a DID nor a handle that leads
   *     to one; also when the list is empty or holds only blanks
   */
  public List<Did> resolve(List<String> names) throws InterruptedException {
    Set<String> given = new LinkedHashSet<>();
    names.stream().map(String::strip).filter(name -> !name.isEmpty()).forEach(given::add);
    if (given.isEmpty()) {
      throw new BadRepoNamesException("no repo is named: the list is blank", Map.of());
    }
    Set<Did> dids = new LinkedHashSet<>();
    Map<String, String> bad = new LinkedHashMap<>();
    for (String name : given) {
      try {
        dids.add(did(AtIdentifier.parse(name)));
      } catch (InvalidSyntaxException | DidResolutionException e) {
        bad.put(name, String.valueOf(e.getMessage()));
      }
    }
    if (!bad.isEmpty()) {
      throw new BadRepoNamesException(bad, given.size());
    }
    return List.copyOf(dids);
  }

  private Did did(AtIdentifier name) throws InterruptedException {
    return name instanceof Handle handle ? handles.resolve(handle) : (Did) name;
  }
}
