// MULTI … EXEC as one step.

import {
  RedisCommandError,
  RedisResult,
  UnknownRedisCommandError,
  defineCommand,
  t,
} from "js-redis-server/core";
import type { ClientSession, CommandExecutor, CommandPlan } from "js-redis-server/core";
import { EngineError } from "../../engine.ts";
import type { EngineCommand, EngineReply } from "../../engine.ts";
import { hasArity } from "./arity.ts";
import { toEngineError, toEngineReply } from "./reply.ts";

const DISCARDED = "EXECABORT Transaction discarded because of previous errors.";

/** A plan that only answers an error: the command could be queued, and fails when it runs. */
function failingPlan(name: Buffer, args: readonly Buffer[], error: RedisCommandError): CommandPlan {
  const definition = defineCommand<unknown>({
    name: name.toString("latin1"),
    schema: t.object({}),
    flags: [],
    keys: () => [],
    execute: () => RedisResult.error(error.message, error.code),
  });
  return { definition, args: {}, keys: [], flags: [], rawCommand: name, rawArgs: args };
}

/** What EXEC will run for a command; an error where Redis would not even queue it. */
function plan(
  executor: CommandExecutor,
  [name = Buffer.alloc(0), ...args]: EngineCommand,
): CommandPlan | EngineError {
  try {
    return executor.plan(name, args);
  } catch (error) {
    const unqueueable =
      !(error instanceof RedisCommandError) ||
      error instanceof UnknownRedisCommandError ||
      hasArity(name.toString("latin1").toLowerCase(), args.length + 1) === false;
    return unqueueable ? toEngineError(error) : failingPlan(name, args, error);
  }
}

/**
 * Runs commands with no other client's between them.
 *
 * @param session one of the transaction's own.
 * @returns a reply per command, or EXECABORT where one is unknown or has the wrong number of words.
 */
export async function runTransaction(
  session: ClientSession,
  executor: CommandExecutor,
  commands: readonly EngineCommand[],
): Promise<EngineReply[] | EngineError> {
  const plans: CommandPlan[] = [];
  for (const command of commands) {
    const planned = plan(executor, command);
    if (planned instanceof EngineError) return new EngineError(DISCARDED);
    plans.push(planned);
  }
  const turn = await session.db.turnQueue.waitTurn();
  try {
    const { value } = await session.executeTransaction(plans);
    return value.kind === "array" ? value.items.map(toEngineReply) : [toEngineReply(value)];
  } finally {
    turn.release();
  }
}
