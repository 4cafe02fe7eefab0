// Commands that concern more than one node of a Cluster: how they are taken apart, and their replies put together.

import { EngineError, EngineStatus } from "../../engine.ts";
import type { EngineCommand, EngineReply } from "../../engine.ts";
import { slotOf } from "./cluster-slot.ts";

/** A part of a command: for the master of a slot, or for one of the masters by its place in the topology's list. */
export type Part = { readonly command: EngineCommand } & (
  | { readonly slot: number }
  | { readonly master: number }
);

export interface SplitCommand {
  readonly parts: readonly Part[];
  /** Makes one reply of the parts' replies, which are in the order of the parts and hold no error. */
  combine(replies: readonly EngineReply[]): EngineReply;
}

/** Commands whose keys, all words behind the name, may be taken apart; and what their replies come to. */
const BY_KEY: ReadonlySet<string> = new Set(["MGET", "DEL", "UNLINK", "EXISTS", "TOUCH"]);

/** Commands of the whole keyspace, or of what every node keeps for itself. */
const ON_EVERY_MASTER: ReadonlySet<string> = new Set(["DBSIZE", "KEYS", "FLUSHALL", "FLUSHDB"]);
const SCRIPT_ON_EVERY_MASTER: ReadonlySet<string> = new Set(["LOAD", "FLUSH", "EXISTS"]);

function word(token: Buffer | undefined): string {
  return token?.toString("latin1").toUpperCase() ?? "";
}

function sum(replies: readonly EngineReply[]): number {
  return replies.reduce<number>((total, reply) => total + Number(reply), 0);
}

/** What words stand behind a name, `size` of them at a time, by the slot of the first. */
function groupBySlot(words: EngineCommand, size: number): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  for (let at = 0; at < words.length; at += size) {
    const key = words[at];
    if (!key) break;
    const slot = slotOf(key);
    const group = groups.get(slot);
    if (group) group.push(at);
    else groups.set(slot, [at]);
  }
  return groups;
}

function splitByKey([name = Buffer.alloc(0), ...keys]: EngineCommand): SplitCommand | null {
  const groups = [...groupBySlot(keys, 1)];
  if (groups.length < 2) return null;
  return {
    parts: groups.map(([slot, places]) => ({
      slot,
      command: [name, ...places.flatMap((at) => keys.slice(at, at + 1))],
    })),
    combine(replies) {
      if (word(name) !== "MGET") return sum(replies);
      const values: EngineReply[] = Array.from(keys, () => null);
      for (const [group, [, places]] of groups.entries()) {
        const reply = replies[group];
        for (const [index, at] of places.entries())
          values[at] = Array.isArray(reply) ? (reply[index] ?? null) : null;
      }
      return values;
    },
  };
}

/**
 * MSET taken apart is not atomic: another client may see one slot's keys written and another's not, and where one
 * node fails the others' keys stay written.
 */
function splitMset([name = Buffer.alloc(0), ...pairs]: EngineCommand): SplitCommand | null {
  const groups = [...groupBySlot(pairs, 2)];
  // An odd number of words is Redis's to refuse.
  if (groups.length < 2 || pairs.length % 2 === 1) return null;
  return {
    parts: groups.map(([slot, places]) => ({
      slot,
      command: [name, ...places.flatMap((at) => pairs.slice(at, at + 2))],
    })),
    combine: () => new EngineStatus("OK"),
  };
}

function combineFromMasters(command: EngineCommand, replies: readonly EngineReply[]): EngineReply {
  const [first = null] = replies;
  if (word(command[0]) === "DBSIZE") return sum(replies);
  if (word(command[0]) === "KEYS") return replies.flat();
  if (word(command[1]) !== "EXISTS" || !Array.isArray(first)) return first;
  // A script exists where every node has it: which of them EVALSHA will ask is not known yet.
  return first.map((_, at) =>
    Math.min(...replies.map((reply) => Number(Array.isArray(reply) ? reply[at] : 0))),
  );
}

/**
 * SCAN walks one node after the other. The cursor holds both: node's cursor × number of masters + the node's place.
 * Masters that come or go during a scan shift the places, so such a scan may miss keys.
 */
function splitScan(
  [name = Buffer.alloc(0), cursorText, ...options]: EngineCommand,
  masters: number,
): SplitCommand | null {
  const text = cursorText?.toString("latin1") ?? "";
  if (!/^\d{1,40}$/.test(text)) return null;
  const cursor = BigInt(text);
  const master = Number(cursor % BigInt(masters));
  return {
    parts: [{ master, command: [name, Buffer.from(String(cursor / BigInt(masters))), ...options] }],
    combine([reply = null]) {
      if (!Array.isArray(reply)) return reply;
      const [next, keys = null] = reply as readonly EngineReply[];
      const inNode = Buffer.isBuffer(next) ? BigInt(next.toString()) : 0n;
      const place = inNode === 0n ? master + 1 : master;
      return [Buffer.from(place === masters ? "0" : String(inNode * BigInt(masters) + BigInt(place))), keys];
    },
  };
}

/**
 * Takes a command apart for a Cluster.
 *
 * @param masters how many there are.
 * @returns null for a command that goes to one node as it is.
 */
export function splitCommand(command: EngineCommand, masters: number): SplitCommand | null {
  const name = word(command[0]);
  if (BY_KEY.has(name)) return splitByKey(command);
  if (name === "MSET") return splitMset(command);
  if (name === "SCAN") return splitScan(command, masters);
  if (ON_EVERY_MASTER.has(name) || (name === "SCRIPT" && SCRIPT_ON_EVERY_MASTER.has(word(command[1])))) {
    return {
      parts: Array.from({ length: masters }, (_, master) => ({ master, command })),
      combine: (replies) => combineFromMasters(command, replies),
    };
  }
  return null;
}

/** The reply of a command taken apart: its first error, where one of the parts has one. */
export function combineReplies(split: SplitCommand, replies: readonly EngineReply[]): EngineReply {
  return replies.find((reply) => reply instanceof EngineError) ?? split.combine(replies);
}
