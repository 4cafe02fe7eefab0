// The way of a read: from the isolate, from Redis, or else from the origin.

import type { Entry } from "./entry.ts";
import { lifetimeOf } from "./lifetime.ts";
import { causeOf, fromOrigin, markFailures, OriginFailure, usable, type Read, type Usable } from "./read.ts";
import type { CacheSettings } from "./settings.ts";
import { createLoadUnderLease } from "./lease.ts";
import type { Seen, Store } from "./store.ts";
import { createLoadInTurn } from "./turn.ts";
import type { Cache, EntryOptions, Loaded, Loader } from "./types.ts";

export function createLoad(settings: CacheSettings, store: Store): Cache["load"] {
  const { now, memory, keys, on, behind, allTags } = settings;
  const loadUnderLease = createLoadUnderLease(settings, store);
  const loadInTurn = createLoadInTurn(settings, store, loadUnderLease);

  const hit = <T>({ value }: Usable<T>, entry: Entry): Loaded<T> => ({
    value,
    status: { kind: "hit", ttlSeconds: Math.max(0, Math.ceil((entry.freshUntil - now()) / 1_000)) },
  });

  /** Behind an answer that was already given. Whoever comes second leaves it to the first. */
  async function refresh<T>(read: Read<T>, seen: Seen): Promise<void> {
    try {
      const turn = await store.lease(read.key, read.tags, seen);
      if (turn.kind === "leased") await loadUnderLease(read, turn);
    } catch (error) {
      on({ type: "refresh-failed", key: read.key, error: causeOf(error) });
    }
  }

  async function serve<T>(read: Read<T>, seen: Seen, found: Usable<T>, since: number): Promise<Loaded<T>> {
    if (found.verdict === "if-error") return loadInTurn(read, seen, found);
    if (found.verdict !== "fresh") behind(refresh(read, seen));
    if (found.verdict === "revalidate") {
      return { value: found.value, status: { kind: "stale", because: "revalidating" } };
    }
    memory?.put(keys.entry(read.key), found.entry, read.tags.map(keys.tag), now(), since);
    return hit(found, found.entry);
  }

  return async function load<T>(
    key: string,
    loader: Loader<T>,
    options: EntryOptions = {},
  ): Promise<Loaded<T>> {
    // All that can be wrong with what the caller gave is found here, before Redis or the origin is asked.
    const tags = allTags(options.tags);
    const lifetime = lifetimeOf(options, settings.lifetime);
    const entryKey = keys.entry(key);
    const read: Read<T> = { key, tags, lifetime, loader: markFailures(loader) };

    const kept = memory?.get(entryKey, now());
    if (kept !== undefined) {
      const found = usable<T>(settings, key, { id: kept.id, entry: kept, versions: kept.versions });
      if (found?.verdict === "fresh") return hit(found, kept);
    }

    const since = memory?.forgotten ?? 0;
    let found: Usable<T> | undefined;
    try {
      const seen = await store.read(key, tags);
      found = usable<T>(settings, key, seen);
      return found === undefined
        ? await loadInTurn(read, seen, undefined)
        : await serve(read, seen, found, since);
    } catch (error) {
      if (error instanceof OriginFailure) throw error.cause;
      // Redis, then. It has its say in speed, never in whether there is an answer.
      on({ type: "redis-unavailable", during: "read", error });
      return fromOrigin(loader, { kind: "bypass", because: "redis-unavailable" }, found);
    }
  };
}
