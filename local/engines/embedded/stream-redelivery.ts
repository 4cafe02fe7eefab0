// XREADGROUP of a consumer's own pending entries: in Redis that is a delivery, which counts and begins the idle time
// anew. The library only shows them.

import { RedisResult } from "js-redis-server/core";
import type { CommandDefinition, RedisDatabase, RedisValue } from "js-redis-server/core";

interface Read {
  readonly group: Buffer;
  readonly streams: readonly { readonly key: Buffer; readonly id: unknown }[];
}

function isRead(args: unknown): args is { args: Read } {
  return typeof args === "object" && args !== null && "args" in args;
}

function bytes(value: RedisValue | undefined): Buffer | null {
  return value?.kind === "bulk-string" ? value.value : null;
}

/** The ids in a stream's part of the reply, without those of entries that were deleted meanwhile. */
function deliveredIds(entries: RedisValue): Set<string> {
  const ids = new Set<string>();
  for (const entry of entries.kind === "array" ? entries.items : []) {
    if (entry.kind !== "array" || entry.items[1]?.kind !== "array") continue;
    const id = bytes(entry.items[0]);
    if (id) ids.add(id.toString());
  }
  return ids;
}

function countDeliveries(db: RedisDatabase, key: Buffer, groupName: Buffer, ids: ReadonlySet<string>): void {
  db.updateStream(key, (stream) => {
    for (const group of stream.value.groups.values()) {
      if (!group.name.equals(groupName)) continue;
      for (const entry of group.pending.values()) {
        if (!ids.has(`${entry.id.ms}-${entry.id.seq}`)) continue;
        entry.deliveryCount++;
        entry.deliveredAt = Date.now();
      }
    }
  });
}

export function withRedelivery(definition: CommandDefinition): CommandDefinition {
  return {
    ...definition,
    execute(args, context) {
      const result = definition.execute(args, context);
      if (!(result instanceof RedisResult) || !isRead(args) || result.value.kind !== "map-pairs")
        return result;
      const { group, streams } = args.args;
      for (const [name, entries] of result.value.entries) {
        const key = bytes(name);
        const stream = streams.find((candidate) => key?.equals(candidate.key));
        if (stream && stream.id !== ">")
          countDeliveries(context.db, stream.key, group, deliveredIds(entries));
      }
      return result;
    },
  };
}
