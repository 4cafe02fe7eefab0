// One load under a lease, from the origin to the store.

import { randomId } from "../random.ts";
import { encodePayload, formatEntry } from "./entry.ts";
import type { Read } from "./read.ts";
import { timesOf, type Lifetime } from "./lifetime.ts";
import type { CacheSettings } from "./settings.ts";
import type { Outcome, Store, Turn } from "./store.ts";

/** The text of an entry for `value`, and how long Redis is to keep it; null where it is not to be stored. */
export type Pack = (
  key: string,
  value: unknown,
  lifetime: Lifetime,
  more: { loadMs: number; versions: readonly string[] },
) => { text: string; lastsMs: number } | null;

export function createPack({ now, random, jitter, maxLength, on }: CacheSettings): Pack {
  return function pack(key, value, lifetime, { loadMs, versions }) {
    let payload: string | null;
    try {
      payload = encodePayload(value);
    } catch {
      on({ type: "not-stored", key, because: "not-encodable" });
      return null;
    }
    const at = now();
    const spread = 2 * random() - 1;
    const times = timesOf(lifetime, { missing: payload === null, now: at, jitter, spread });
    if (times === null) return null;
    const text = formatEntry({ id: randomId(), payload, loadMs, versions, ...times });
    if (text.length > maxLength) {
      on({ type: "not-stored", key, because: "too-large" });
      return null;
    }
    return { text, lastsMs: times.usableUntil - at };
  };
}

/**
 * Loads under a lease and ends it.
 * @throws what the loader throws; then the entry that was there stays
 */
export type LoadUnderLease = <T>(
  read: Read<T>,
  turn: Extract<Turn, { kind: "leased" }>,
) => Promise<{ value: T; stored: boolean }>;

const nothing = () => undefined;

export function createLoadUnderLease(settings: CacheSettings, store: Store): LoadUnderLease {
  const { now, on, behind } = settings;
  const pack = createPack(settings);

  /** A Redis away now, or an invalidation meanwhile, is no fault of the read. */
  async function settle(key: string, fence: string, outcome: Outcome): Promise<boolean> {
    try {
      return await store.settle(key, fence, outcome);
    } catch (error) {
      on({ type: "redis-unavailable", during: "store", error });
      return false;
    }
  }

  const load: LoadUnderLease = async ({ key, loader, lifetime }, { fence, versions }) => {
    const started = now();
    let value;
    try {
      value = await loader();
    } catch (error) {
      behind(settle(key, fence, { kind: "keep" }).then(() => undefined));
      throw error;
    }
    const packed = pack(key, value, lifetime, { loadMs: now() - started, versions });
    const outcome: Outcome = packed === null ? { kind: "drop" } : { kind: "store", ...packed };
    const settled = await settle(key, fence, outcome);
    return { value, stored: settled && packed !== null };
  };

  return function loadUnderLease(read, turn) {
    const loading = load(read, turn);
    // Others wait for it: it goes on where the caller has left, and ends its lease.
    behind(loading.then(nothing, nothing));
    return loading;
  };
}
