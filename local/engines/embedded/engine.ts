// A Redis in this process: js-redis-server behind the engine's interface.

import { createRequire } from "node:module";
import {
  ClientSession,
  CommandExecutor,
  RedisResult,
  RedisServerState,
  createNonBlockingParkHandler,
  createTransactionPolicy,
} from "js-redis-server/core";
import { EngineError } from "../../engine.ts";
import type { Engine, EngineCommand, EngineReply } from "../../engine.ts";
import { createCommands } from "./commands.ts";
import { effectOf } from "./effect.ts";
import { createKeyIndex } from "./key-index.ts";
import { createLuaRuntimes } from "./lua.ts";
import { errorReply, toEngineError, toEngineReply } from "./reply.ts";
import { replay } from "./replay.ts";
import { openSnapshot, type Snapshot } from "./snapshot.ts";
import { subscribeTo, watchCommands } from "./subscriptions.ts";
import { runTransaction } from "./transaction.ts";
import { unknownCommand } from "./unknown-command.ts";

/** What a command's own "connection" is called in MONITOR and CLIENT LIST. */
const CLIENT_ADDRESS = "127.0.0.1:0";

const require = createRequire(import.meta.url);

function libraryVersion(): string {
  const path = require.resolve("js-redis-server/core").replace(/dist[\\/].*$/, "package.json");
  const { version } = require(path) as { version: string };
  return version;
}

/** Whether a command may change data. A script counts by the commands it runs, which pass here one by one. */
function mayWrite(plan: Parameters<CommandExecutor["executePlan"]>[0]): boolean {
  return plan.flags.includes("write") && !plan.definition.capabilities?.scriptKeys;
}

async function execute(
  session: ClientSession,
  executor: CommandExecutor,
  [name, ...args]: EngineCommand,
): Promise<EngineReply> {
  if (!name) return new EngineError("ERR empty command");
  try {
    if (!executor.getCommandDefinition(name.toString())) return unknownCommand(name, args);
    const result = await session.execute(name, args);
    if (result instanceof RedisResult) return toEngineReply(result.value);
    result.close();
    return new EngineError(`ERR ${name.toString()} has no single reply`);
  } catch (error) {
    return toEngineError(error);
  }
}

/**
 * Opens the embedded engine.
 *
 * @param options.stateDir where data is kept across restarts; null keeps it in memory only.
 * @param options.log told of what a person should know: a damaged file put aside, a write that failed.
 * @returns the engine, its data read. Commands are in-process; those on large collections take time in proportion to
 *   the collection's size.
 * @throws Error where another process holds `stateDir`.
 */
export async function createEmbeddedEngine(options: {
  stateDir: string | null;
  log: (message: string) => void;
}): Promise<Engine> {
  const state = new RedisServerState();
  const database = state.getDatabase(0);
  const index = createKeyIndex(state, database);
  state.getLuaRuntime = createLuaRuntimes(state.profile);

  // None while it is opened: what is replayed is in the journal.
  let snapshot: Snapshot | null = null;
  /** The sessions whose command has written. */
  const writers = new WeakSet<object>();
  const executor = new CommandExecutor({
    registry: createCommands(index),
    profile: state.profile,
    policies: [
      {
        name: "journal",
        afterExecute(plan, { session }, result) {
          const command = snapshot === null || !mayWrite(plan) ? null : effectOf(plan, result);
          if (command !== null) {
            snapshot?.add({ at: Date.now(), command });
            writers.add(session);
          }
          return result;
        },
      },
      createTransactionPolicy(),
    ],
  });

  /**
   * A session for one call: what a command does to its connection (MULTI, SUBSCRIBE, CLIENT REPLY) ends with the
   * call. A blocking command answers at once, as it does in a transaction.
   */
  async function withSession<Result>(run: (session: ClientSession) => Promise<Result>): Promise<Result> {
    const session = new ClientSession({
      server: state,
      executor,
      clientAddress: CLIENT_ADDRESS,
      park: createNonBlockingParkHandler(),
    });
    try {
      return await run(session);
    } finally {
      session.close();
    }
  }

  if (options.stateDir !== null) {
    snapshot = await openSnapshot({
      directory: options.stateDir,
      database,
      replay: (entries) => withSession((session) => replay(session, entries)),
      log: options.log,
    });
  }

  /** Waits until what was done is kept. @returns what the writes among it are answered where it could not be */
  async function unkept(): Promise<EngineError | null> {
    try {
      await snapshot?.kept();
      return null;
    } catch (error) {
      // As Redis says it where it cannot write. Here the write is done, and is kept as soon as writing works again.
      return errorReply(
        `the data could not be kept: ${error instanceof Error ? error.message : String(error)}`,
        "MISCONF",
      );
    }
  }

  let closing: Promise<void> | undefined;
  return {
    description: `embedded (js-redis-server ${libraryVersion()})`,
    pipeline: (commands) =>
      withSession(async (session) => {
        const replies: { reply: EngineReply; wrote: boolean }[] = [];
        // One after the other: a pipeline keeps its order.
        for (const command of commands) {
          writers.delete(session);
          const reply = await execute(session, executor, command);
          replies.push({ reply, wrote: writers.has(session) });
        }
        const error = await unkept();
        return replies.map(({ reply, wrote }) => (wrote && error ? error : reply));
      }),
    transaction: (commands) =>
      withSession(async (session) => {
        const replies = await runTransaction(session, executor, commands);
        const error = await unkept();
        return writers.has(session) && error ? error : replies;
      }),
    subscribe: async (kind, channels, listener) => subscribeTo(state.pubsubBroker, kind, channels, listener),
    monitor: async (listener) => watchCommands(state, executor, listener),
    close: () =>
      (closing ??= (async () => {
        state.close();
        await snapshot?.close();
      })()),
  };
}
