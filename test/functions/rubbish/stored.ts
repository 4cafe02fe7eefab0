// All that a deployment has stored, to be compared.

import { EngineError, EngineStatus, type EngineReply } from "../../../local/engine.ts";
import type { TestRedis } from "../../support/redis.ts";
import type { TestSql } from "../support/d1.ts";

const READS: Record<string, (key: string) => string[]> = {
  string: (key) => ["GET", key],
  hash: (key) => ["HGETALL", key],
  list: (key) => ["LRANGE", key, "0", "-1"],
  set: (key) => ["SMEMBERS", key],
  zset: (key) => ["ZRANGE", key, "0", "-1", "WITHSCORES"],
  stream: (key) => ["XRANGE", key, "-", "+"],
};

const textOf = (reply: EngineReply | undefined): string => {
  if (Array.isArray(reply)) return `[${reply.map(textOf).join(" ")}]`;
  if (Buffer.isBuffer(reply)) return reply.toString("latin1");
  if (reply instanceof EngineStatus) return reply.text;
  if (reply instanceof EngineError) throw new Error(reply.message);
  return typeof reply === "number" || typeof reply === "bigint" ? String(reply) : "nil";
};

/** Every key under a prefix that is asked for, with its value; lives are not compared. */
async function storedInRedis(
  { engine }: TestRedis,
  prefix: string,
  wanted: (key: string) => boolean,
): Promise<string[]> {
  const run = async (commands: string[][]) =>
    engine.pipeline(commands.map((command) => command.map((word) => Buffer.from(word))));
  const keys: string[] = [];
  let cursor = "0";
  do {
    const [page] = await run([["SCAN", cursor, "MATCH", `${prefix}:*`, "COUNT", "5000"]]);
    const [next, found] = page as [Buffer, Buffer[]];
    keys.push(...found.map(String).filter(wanted));
    cursor = String(next);
  } while (cursor !== "0");
  // A SCAN may answer a key twice, and in any order.
  const sorted = [...new Set(keys)].toSorted();
  const types = (await run(sorted.map((key) => ["TYPE", key]))).map(textOf);
  const values = await run(sorted.map((key, i) => READS[types[i] ?? ""]?.(key) ?? ["TYPE", key]));
  // What ended between being listed and being read is not there.
  return sorted.flatMap((key, i) => {
    const value = textOf(values[i]);
    return types[i] === "none" || value === "none" || value === "nil" ? [] : [`${key} ${value}`];
  });
}

/** Every row of every table. */
function storedInSql({ sqlite }: TestSql): string[] {
  const tables = sqlite.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all();
  return tables.flatMap(({ name }) =>
    sqlite
      .prepare(`SELECT * FROM "${String(name)}"`)
      .all()
      .map((row) => `${String(name)} ${JSON.stringify(row)}`),
  );
}

export interface StoredOptions {
  redis: TestRedis;
  prefix: string;
  sql: TestSql;
  /** Which keys are looked at. */
  wanted: (key: string) => boolean;
}

/** What D1 and Redis hold. */
export async function stored({ redis, prefix, sql, wanted }: StoredOptions): Promise<string[]> {
  return [...storedInSql(sql), ...(await storedInRedis(redis, prefix, wanted))];
}

/** One-time tokens and read tokens, some of which live for a second. */
const ENDS_BY_ITSELF = /:(?:read-)?token:\{/;

/** What has come, and what has gone, but for what may have ended by itself meanwhile. */
export function changesOf(before: readonly string[], after: readonly string[]): string[] {
  const [old, current] = [new Set(before), new Set(after)];
  return [
    ...after.filter((line) => !old.has(line)).map((line) => `+ ${line}`),
    ...before.filter((line) => !current.has(line) && !ENDS_BY_ITSELF.test(line)).map((line) => `- ${line}`),
  ];
}
