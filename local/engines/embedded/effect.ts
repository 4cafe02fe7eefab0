// What a write did, as a command that does the same again. The clock is put back for that, so only chance and ids that
// Redis gives need other words.

import type { CommandPlan, RedisResult } from "js-redis-server/core";
import { toEngineReply } from "./reply.ts";
import { normalizeOptions } from "./stream-commands.ts";

/** @returns null where nothing needs to be done again */
export function effectOf(plan: CommandPlan, result: RedisResult): Buffer[] | null {
  const { rawCommand, rawArgs } = plan;
  if (result.value.kind === "error") return null;
  const [key] = rawArgs;
  const reply = toEngineReply(result.value);
  switch (plan.definition.name) {
    case "spop": {
      const members = [reply].flat().filter((member) => Buffer.isBuffer(member));
      return key === undefined || members.length === 0 ? null : [Buffer.from("SREM"), key, ...members];
    }
    case "xadd": {
      if (!Buffer.isBuffer(reply)) return null;
      const { id } = normalizeOptions(rawArgs);
      return [rawCommand, ...rawArgs.map((word) => (word === id ? reply : word))];
    }
    default:
      return [rawCommand, ...rawArgs];
  }
}
