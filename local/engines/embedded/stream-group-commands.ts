// What the library's commands on consumer groups get wrong.

import { RedisCommandError, RedisResult, RedisValue } from "js-redis-server/core";
import type { CommandDefinition } from "js-redis-server/core";

const KEY_REQUIRED =
  "The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option to " +
  "create an empty stream automatically.";

function isNoGroup(error: unknown): error is RedisCommandError {
  return error instanceof RedisCommandError && error.code === "NOGROUP";
}

/** XACK of a group or stream that is not there acknowledges nothing; the library answers NOGROUP. */
export function withoutNoGroup(definition: CommandDefinition): CommandDefinition {
  return {
    ...definition,
    execute(args, context) {
      try {
        return definition.execute(args, context);
      } catch (error) {
        if (isNoGroup(error)) return RedisResult.create(RedisValue.integer(0));
        throw error;
      }
    },
  };
}

function rowName(row: RedisValue): Buffer {
  const [name] = row.kind === "array" ? row.items : [];
  return (name?.kind === "bulk-string" && name.value) || Buffer.alloc(0);
}

function byName(a: RedisValue, b: RedisValue): number {
  return Buffer.compare(rowName(a), rowName(b));
}

/** The summary of XPENDING: by consumer's name, counts as text, and no list where nothing is pending. */
function mendSummary({ value }: RedisResult): RedisResult | null {
  if (value.kind !== "array" || value.items[0]?.kind !== "integer") return null;
  const [total, first, last, consumers] = value.items;
  if (!first || !last || consumers?.kind !== "array") return null;
  const rows = consumers.items
    .toSorted(byName)
    .map((row) =>
      row.kind === "array"
        ? RedisValue.array(
            row.items.map((item) =>
              item.kind === "integer" ? RedisValue.bulkString(Buffer.from(String(item.value))) : item,
            ),
          )
        : row,
    );
  const list = rows.length === 0 ? RedisValue.nullArray() : RedisValue.array(rows);
  return RedisResult.create(RedisValue.array([total, first, last, list]));
}

export function withSummary(definition: CommandDefinition): CommandDefinition {
  return {
    ...definition,
    execute(args, context) {
      const result = definition.execute(args, context);
      return result instanceof RedisResult ? (mendSummary(result) ?? result) : result;
    },
  };
}

/** XGROUP and XINFO: a missing stream comes before a missing group, and a missing group is told in other words. */
export function withGroupErrors(definition: CommandDefinition): CommandDefinition {
  return {
    ...definition,
    execute(args, context) {
      const [key] = definition.keys(args);
      const exists = key !== undefined && context.db.getType(key) !== null;
      try {
        const result = definition.execute(args, context);
        // XGROUP DESTROY answers 0 for a stream that is not there.
        if (definition.name === "xgroup" && !exists && key && context.db.getType(key) === null) {
          throw new RedisCommandError(KEY_REQUIRED);
        }
        return result;
      } catch (error) {
        if (!isNoGroup(error)) throw error;
        if (!exists) throw new RedisCommandError(definition.name === "xgroup" ? KEY_REQUIRED : "no such key");
        const group = /consumer group '(.*)'/s.exec(error.message)?.[1] ?? "";
        const text = `No such consumer group '${group}' for key name '${key.toString()}'`;
        throw new RedisCommandError(text, "NOGROUP");
      }
    },
  };
}
