// Commands on their way to the engine: refused, rewritten, run, and their replies put back in place.

import { type Engine, type EngineCommand, EngineError, type EngineReply } from "../engine.ts";
import { refusal, upperCase } from "./refused.ts";
import { createScripts, type RewrittenCommand } from "./scripts.ts";

/** The Redis behind the engine did not answer. The cause may name addresses: it is for logs, never for answers. */
export class EngineUnreachableError extends Error {
  override readonly name = "EngineUnreachableError";
}

export interface Runner {
  /** Runs one command. */
  single(command: EngineCommand): Promise<EngineReply>;
  /** Runs commands in order, each on its own. A refused one is an error in its place. */
  pipeline(commands: readonly EngineCommand[]): Promise<EngineReply[]>;
  /** Runs commands as one transaction. A refused one discards it whole. */
  transaction(commands: readonly EngineCommand[]): Promise<EngineReply[] | EngineError>;
}

/**
 * Stands between the protocol and an engine.
 * @throws (each of its functions) EngineUnreachableError
 */
export function createRunner(engine: Engine): Runner {
  const scripts = createScripts();

  function prepare(command: EngineCommand): RewrittenCommand | EngineError {
    const name = upperCase(command[0]);
    const refused = refusal(name, command);
    return refused === null ? scripts.rewrite(name, command) : new EngineError(refused);
  }

  return {
    async single(command) {
      const prepared = prepare(command);
      if (prepared instanceof EngineError) return prepared;
      const [reply = null] = await reach(engine.pipeline([prepared.command]));
      return settle(prepared, reply);
    },

    async pipeline(commands) {
      const prepared = commands.map(prepare);
      const runnable = prepared.flatMap((item) => (item instanceof EngineError ? [] : [item.command]));
      const replies = runnable.length === 0 ? [] : await reach(engine.pipeline(runnable));
      let next = 0;
      return prepared.map((item) =>
        item instanceof EngineError ? item : settle(item, replies[next++] ?? null),
      );
    },

    async transaction(commands) {
      const prepared: RewrittenCommand[] = [];
      for (const command of commands) {
        const item = prepare(command);
        if (item instanceof EngineError) {
          return new EngineError(`EXECABORT Transaction discarded because of: ${item.message}`);
        }
        prepared.push(item);
      }
      const replies = await reach(engine.transaction(prepared.map((item) => item.command)));
      if (replies instanceof EngineError) return replies;
      return prepared.map((item, index) => settle(item, replies[index] ?? null));
    },
  };
}

function settle(item: RewrittenCommand, reply: EngineReply): EngineReply {
  return item.answer === undefined || reply instanceof EngineError ? reply : item.answer;
}

/** Waits for the engine, whose only rejection means that Redis is away. */
export async function reach<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new EngineUnreachableError("the Redis behind this server cannot be reached", { cause });
  }
}
