// What the engines' tests share.

import { EngineError, EngineStatus } from "../../../local/engine.ts";
import type { Engine, EngineCommand, EngineReply } from "../../../local/engine.ts";

export function words(...parts: readonly (string | number | Buffer)[]): EngineCommand {
  return parts.map((part) => (Buffer.isBuffer(part) ? part : Buffer.from(String(part))));
}

/** A reply as plain values: strings for bulk strings, `+text` for a status, `-text` for an error. */
export function plain(reply: EngineReply): unknown {
  if (Buffer.isBuffer(reply)) return reply.toString();
  if (reply instanceof EngineStatus) return `+${reply.text}`;
  if (reply instanceof EngineError) return `-${reply.message}`;
  return Array.isArray(reply) ? reply.map(plain) : reply;
}

/** Runs one command. */
export async function run(engine: Engine, ...parts: readonly (string | number | Buffer)[]): Promise<unknown> {
  const [reply = null] = await engine.pipeline([words(...parts)]);
  return plain(reply);
}

/** Every element of a scan, and what `between` did after each page. */
export async function scanAll(
  engine: Engine,
  command: readonly [name: string, ...key: string[]],
  options: readonly (string | number)[] = [],
  between: (page: readonly string[]) => Promise<unknown> = async () => {},
): Promise<string[]> {
  const found: string[] = [];
  let cursor = "0";
  do {
    // Each page begins where the one before ended.
    const [next, page] = (await run(engine, ...command, cursor, ...options)) as [string, string[]];
    cursor = next;
    found.push(...page);
    await between(page);
  } while (cursor !== "0");
  return found;
}
