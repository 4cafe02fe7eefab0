// MULTI … EXEC on the shared connection: one write, so nothing of another caller comes between.

import { EngineError } from "../../engine.ts";
import type { EngineCommand, EngineReply } from "../../engine.ts";
import type { RedisNode } from "./node.ts";

/** What EXEC answered, and whether a command was refused because its slot is on another node. */
export async function runTransactionOn(
  node: RedisNode,
  commands: readonly EngineCommand[],
): Promise<{ result: EngineReply[] | EngineError; moved: boolean }> {
  const replies = await node.send([[Buffer.from("MULTI")], ...commands, [Buffer.from("EXEC")]]);
  const last = replies.at(-1);
  const queued = replies.slice(1, -1);
  const moved = queued.some((reply) => reply instanceof EngineError && reply.message.startsWith("MOVED "));
  if (Array.isArray(last)) return { result: [...last], moved: false };
  return {
    result: last instanceof EngineError ? last : new EngineError("ERR the transaction gave no result"),
    moved,
  };
}
