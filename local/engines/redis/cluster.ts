// Pipelines and transactions on a Cluster.

import { EngineError } from "../../engine.ts";
import type { EngineCommand, EngineReply } from "../../engine.ts";
import { EngineUnavailableError } from "../unavailable.ts";
import { keysOf } from "./cluster-keys.ts";
import type { ClusterNodes } from "./cluster-nodes.ts";
import { slotOf } from "./cluster-slot.ts";
import { combineReplies, splitCommand } from "./cluster-split.ts";
import type { Part, SplitCommand } from "./cluster-split.ts";
import { runTransactionOn } from "./node-transaction.ts";
import { showAddress } from "./url.ts";
import type { Address } from "./url.ts";

export interface Commands {
  pipeline(commands: readonly EngineCommand[]): Promise<EngineReply[]>;
  transaction(commands: readonly EngineCommand[]): Promise<EngineReply[] | EngineError>;
}

const CROSS_SLOT = "CROSSSLOT Keys in request don't hash to the same slot";
/**
 * What stands in the place of a command whose node cannot be reached, where others have answered. Whether it ran is
 * unknown. The word is Redis's own for slots that nobody serves.
 */
const NODE_AWAY = new EngineError("CLUSTERDOWN The node of this key cannot be reached");
/** A key may move again while it is followed; more often than this it is not followed. */
const MAX_REDIRECTIONS = 5;
/** A node that is silent for so long may have a successor by now, who would answer. */
const SILENCE_MS = 1_000;
const REDIRECTION = /^(MOVED|ASK) \d+ (.*):(\d+)$/;

/** A part on its way: where its reply belongs. */
interface Task {
  readonly command: EngineCommand;
  reply: EngineReply;
}

interface Batch {
  readonly address: Address;
  readonly tasks: Task[];
}

function readRedirection(reply: EngineReply, asked: Address): { ask: boolean; to: Address } | null {
  if (!(reply instanceof EngineError)) return null;
  const [, kind, host, port] = REDIRECTION.exec(reply.message) ?? [];
  return kind === undefined
    ? null
    : { ask: kind === "ASK", to: { host: host || asked.host, port: Number(port) } };
}

/**
 * Runs commands on a Cluster as if it were one Redis.
 *
 * Commands of one pipeline that live on different nodes run at the same time, so only those of one key keep their
 * order among themselves; where one node is away, the others' replies stand. Multi-key reads and deletes, and MSET, may
 * cross slots; a transaction may not.
 */
export function createClusterCommands(nodes: ClusterNodes): Commands {
  function addressOf(part: Part): Address {
    const topology = nodes.topology();
    const { masters } = topology;
    return ("slot" in part ? topology.masterOf(part.slot) : masters[part.master]) ?? masters[0];
  }

  /** A command that one node runs: that of its first key, or any. Keys that cross slots Redis refuses itself. */
  function whole(command: EngineCommand): SplitCommand {
    const [key] = keysOf(nodes.keyTable(), command);
    const part: Part = key ? { command, slot: slotOf(key) } : { command, master: 0 };
    return { parts: [part], combine: ([reply = null]) => reply };
  }

  async function follow(task: Task, asked: Address): Promise<void> {
    let from = asked;
    for (let step = 0; step < MAX_REDIRECTIONS; step++) {
      const redirection = readRedirection(task.reply, from);
      if (!redirection) return;
      const asking = redirection.ask ? [[Buffer.from("ASKING")]] : [];
      // Each step depends on the answer of the one before.
      const node = await nodes.node(redirection.to);
      task.reply = (await node.send([...asking, task.command])).at(-1) ?? null;
      from = redirection.to;
    }
  }

  /**
   * Follows redirected tasks in their order, so that a key's order holds. Where a node is away, those behind are not tried:
   * each could wait for it as long.
   */
  async function followAll(tasks: readonly Task[], asked: Address): Promise<void> {
    let tried = 0;
    try {
      for (const task of tasks) {
        await follow(task, asked);
        tried++;
      }
    } catch (error) {
      if (!(error instanceof EngineUnavailableError)) throw error;
      for (const task of tasks.slice(tried)) task.reply = NODE_AWAY;
    }
  }

  /**
   * Waits for a node, and looks for its successor while it is silent: where there is one, the connection to the silent
   * node is closed, which ends the wait.
   */
  async function whileWatched<Value>(answer: Promise<Value>): Promise<Value> {
    const watch = setInterval(() => void nodes.refresh().catch(() => undefined), SILENCE_MS);
    try {
      return await answer;
    } finally {
      clearInterval(watch);
    }
  }

  /** Sends a node its tasks in one write. */
  async function runOn({ address, tasks }: Batch): Promise<void> {
    const node = await nodes.node(address);
    const replies = await whileWatched(node.send(tasks.map(({ command }) => command)));
    for (const [index, task] of tasks.entries()) task.reply = replies[index] ?? null;
    const moved = tasks.filter(({ reply }) => readRedirection(reply, address) !== null);
    if (moved.length === 0) return;
    await followAll(moved, address);
    await nodes.refresh();
  }

  async function orRefresh<Value>(run: () => Promise<Value>): Promise<Value> {
    try {
      return await run();
    } catch (error) {
      // A node that is gone may have a successor, for the next call.
      if (error instanceof EngineUnavailableError) await nodes.refresh().catch(() => undefined);
      throw error;
    }
  }

  /** @throws EngineUnavailableError where none of the nodes answers. */
  async function runAll(batches: readonly Batch[]): Promise<void> {
    const runs = batches.map((batch) => orRefresh(() => runOn(batch)));
    const failures = (await Promise.allSettled(runs)).filter((run) => run.status === "rejected");
    for (const { reason } of failures)
      if (failures.length === batches.length || !(reason instanceof EngineUnavailableError)) throw reason;
  }

  return {
    async pipeline(commands) {
      const { masters } = nodes.topology();
      const byNode = new Map<string, Batch>();
      const plans = commands.map((command) => {
        const split = splitCommand(command, masters.length) ?? whole(command);
        const tasks = split.parts.map((part): Task => {
          const address = addressOf(part);
          const task: Task = { command: part.command, reply: NODE_AWAY };
          const batch = byNode.get(showAddress(address)) ?? { address, tasks: [] };
          batch.tasks.push(task);
          byNode.set(showAddress(address), batch);
          return task;
        });
        return { split, tasks };
      });
      await runAll([...byNode.values()]);
      return plans.map(({ split, tasks }) =>
        combineReplies(
          split,
          tasks.map(({ reply }) => reply),
        ),
      );
    },

    transaction: (commands) =>
      orRefresh(async () => {
        const slots = new Set(commands.flatMap((command) => keysOf(nodes.keyTable(), command).map(slotOf)));
        if (slots.size > 1) return new EngineError(CROSS_SLOT);
        const [slot] = slots;
        const master = slot === undefined ? undefined : nodes.topology().masterOf(slot);
        const node = await nodes.node(master ?? nodes.topology().masters[0]);
        const { result, moved } = await whileWatched(runTransactionOn(node, commands));
        if (!moved || slot === undefined) return result;
        // Refused before anything ran, so it may run where the slot is now.
        await nodes.refresh();
        const successor = await nodes.node(nodes.topology().masterOf(slot) ?? nodes.topology().masters[0]);
        return (await runTransactionOn(successor, commands)).result;
      }),
  };
}
