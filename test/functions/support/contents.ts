// All that Redis holds under a prefix.

import type { EngineReply } from "../../../local/engine.ts";
import type { TestRedis } from "../../support/redis.ts";

/** Keys and values of any type, as one text. */
export async function contents({ engine }: TestRedis, prefix: string): Promise<string> {
  const ask = async (...words: string[]) =>
    (await engine.pipeline([words.map((word) => Buffer.from(word))]))[0];
  const texts: string[] = [];
  let cursor = "0";
  do {
    const page = (await ask("SCAN", cursor, "MATCH", `${prefix}*`, "COUNT", "1000")) as [Buffer, Buffer[]];
    for (const key of page[1].map(String)) {
      // Those that are not of its type answer an error.
      const held = await Promise.all([
        ask("GET", key),
        ask("HGETALL", key),
        ask("ZRANGE", key, "0", "-1", "WITHSCORES"),
        ask("SMEMBERS", key),
        ask("LRANGE", key, "0", "-1"),
      ]);
      texts.push(key, ...held.map(textOf));
    }
    cursor = String(page[0]);
  } while (cursor !== "0");
  return texts.join("\n");
}

function textOf(reply: EngineReply | undefined): string {
  if (Buffer.isBuffer(reply)) return reply.toString();
  return Array.isArray(reply) ? reply.map(textOf).join("\n") : "";
}
