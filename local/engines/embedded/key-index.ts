// The names of all keys, kept by following the keyspace's changes.
//
// The library can list keys only by copying every value. A scan of a large keyspace, page by page, would copy all of
// it for each page.

import type { RedisDatabase, RedisMutationEvent, RedisServerState } from "js-redis-server/core";
import { byOrder, scanOrder } from "./scan-order.ts";
import type { Ordered } from "./scan-order.ts";

export interface KeyIndex {
  /** Every key, in the order of a scan. May hold keys whose time is over: ask the database for their type. */
  sorted(): readonly Ordered<Buffer>[];
}

/**
 * Tells `listener` of every change of the keyspace, and spares the library's own event where nobody hears it: it
 * copies the whole value for each write, so that adding one member to a large set would copy the set.
 */
function followChanges(
  state: RedisServerState,
  database: RedisDatabase,
  listener: (event: RedisMutationEvent) => void,
): void {
  const bus = database.mutations;
  const emit = bus.emit.bind(bus);
  const subscribeKey = bus.subscribeKey.bind(bus);
  let watchers = 0;
  bus.subscribeKey = (key, watcher) => {
    const unsubscribe = subscribeKey(key, watcher);
    let active = true;
    watchers++;
    return () => {
      if (active) watchers--;
      active = false;
      unsubscribe();
    };
  };
  bus.emit = (event) => {
    listener(event);
    if (watchers > 0 || state.notifyKeyspaceEvents !== "") emit(event);
  };
}

/**
 * Begins to follow a database, which must still be empty.
 *
 * @returns the index. A change costs one map entry; `sorted` sorts anew only after keys were added, and a deletion
 *   alone costs nothing until a tenth of the list is gone.
 */
export function createKeyIndex(state: RedisServerState, database: RedisDatabase): KeyIndex {
  const entries = new Map<string, Ordered<Buffer>>();
  let list: Ordered<Buffer>[] | null = null;

  followChanges(state, database, (event) => {
    if (event.type === "flush") {
      entries.clear();
      list = null;
    } else if (event.type === "write") {
      const id = event.key.toString("latin1");
      if (entries.has(id)) return;
      entries.set(id, { order: scanOrder(event.key), element: event.key });
      list = null;
    } else if (event.type === "delete" || event.type === "evict") {
      entries.delete(event.key.toString("latin1"));
    }
  });

  return {
    sorted() {
      if (list === null || list.length > entries.size * 1.1 + 10)
        list = [...entries.values()].toSorted(byOrder);
      return list;
    },
  };
}
