// The matrix finds faults that are planted into the queue's own scripts: one for each promise.

import { afterAll, beforeAll, expect, test } from "vitest";
import { ACK, EXTEND, RECEIVE } from "../../../../../lib/lists/queue/receive-lua.ts";
import { REDRIVE } from "../../../../../lib/lists/queue/dead-lua.ts";
import { SEND } from "../../../../../lib/lists/queue/send-lua.ts";
import type { Script } from "../../../../../lib/redis/index.ts";
import type { Engine } from "../../../../../local/engine.ts";
import type { QueueViolation } from "../../../../../scripts/faults/queues/check.ts";
import { drawnQueues } from "../../../../../scripts/faults/queues/matrix.ts";
import { startRedis, type TestRedis } from "../../../../support/redis.ts";

let target: TestRedis;
beforeAll(async () => {
  target = await startRedis();
});
afterAll(() => target.close());

/** Within so many runs a fault that is always there has to show. */
const MOST_RUNS = 60;

/** An engine that runs another script in the place of one. */
function planting(engine: Engine, { sha1, lua }: Script, from: string, to: string): Engine {
  if (!lua.includes(from)) throw new Error(`the script does not say ${from}`);
  const broken = Buffer.from(lua.replace(from, to));
  return {
    ...engine,
    pipeline: (commands) =>
      engine.pipeline(
        commands.map((words) =>
          words[1]?.toString() === sha1 ? [Buffer.from("EVAL"), broken, ...words.slice(2)] : words,
        ),
      ),
  };
}

/** What the first run that goes wrong is said to do wrong. */
async function found(engine: Engine, prefix: string): Promise<QueueViolation["kind"][]> {
  for await (const { violations } of drawnQueues({ engine, prefix }, 1, MOST_RUNS)) {
    if (violations.length > 0) return [...new Set(violations.map(({ kind }) => kind))];
  }
  return [];
}

test.each<[string, Script, string, string, QueueViolation["kind"]]>([
  [
    "a receipt without its fence",
    ACK,
    "if receive < tonumber(latest) or attempts == '0' then",
    "if false then",
    "fence",
  ],
  ["a redrive that leaves old receipts good", ACK, "or attempts == '0'", "", "fence"],
  [
    "an ack that is answered and not made",
    ACK,
    "redis.call('ZREM', KEYS[1], id, '@' .. id)",
    "if true then return {'acked'} end",
    "revived",
  ],
  ["a visibility that is not set", RECEIVE, "now + ARGV[2]", "now", "taken twice"],
  ["a visibility half as long", RECEIVE, "now + ARGV[2]", "now + ARGV[2] / 2", "taken twice"],
  ["an extension that does nothing", EXTEND, "now + ARGV[3]", "now", "taken twice"],
  ["one attempt too many", RECEIVE, "attempts >= maxAttempts", "attempts > maxAttempts", "miscounted"],
  ["one attempt too few", RECEIVE, "attempts >= maxAttempts", "attempts + 1 >= maxAttempts", "out of order"],
  ["a redrive that keeps the attempts", REDRIVE, "'%1 0 0 %4'", "'%1 %2 0 %4'", "fence"],
  ["a redrive that leaves one out", REDRIVE, "if #ids == 0", "table.remove(ids) if #ids == 0", "dead"],
  ["a delay that is not kept", SEND, "delay > 0 and", "delay > 1e12 and", "taken twice"],
  [
    "a dedupId that is not looked up",
    SEND,
    "if id and now - sentAt(id)",
    "if id and 1e12 + now - sentAt(id)",
    "dedup",
  ],
  [
    "a dedupId that is kept for too short",
    SEND,
    "if id and now - sentAt(id)",
    "if id and 240000 + now - sentAt(id)",
    "dedup",
  ],
  [
    "an idempotency key that is not kept",
    SEND,
    "if KEYS[5] then redis.call('SET'",
    "if false then redis.call('SET'",
    "sent twice",
  ],
  [
    "a message that is lost when it is given back",
    EXTEND,
    "redis.call('ZADD', KEYS[1], at(last == '1' and LAST or FLIGHT, visibleAt), id, at(SENT, sentAt(id)), '@' .. id)",
    "redis.call('ZREM', KEYS[1], id, '@' .. id) redis.call('HDEL', KEYS[2], 'r:' .. id, 'b:' .. id)",
    "lost",
  ],
])("%s is found", { timeout: 60_000 }, async (name, script, from, to, kind) => {
  const engine = planting(target.engine, script, from, to);
  expect(await found(engine, `${target.prefix}${name.replaceAll(" ", "-")}:`)).toContain(kind);
});
