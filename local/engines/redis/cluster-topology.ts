// Who serves which slots of a Cluster.

import type { EngineReply } from "../../engine.ts";
import type { Address } from "./url.ts";
import { showAddress } from "./url.ts";

interface Range {
  readonly from: number;
  readonly to: number;
  readonly master: Address;
}

export interface Topology {
  /** Every master that serves slots, each once, in an order that depends on their addresses only. */
  readonly masters: readonly [Address, ...Address[]];
  /** The master of a slot; undefined where the Cluster has none for it. */
  masterOf(slot: number): Address | undefined;
}

/** An address in CLUSTER SLOTS: an empty or unknown host means the node that was asked. */
function readAddress(
  host: EngineReply | undefined,
  port: EngineReply | undefined,
  asked: Address,
): Address | null {
  if (typeof port !== "number") return null;
  const name = Buffer.isBuffer(host) ? host.toString() : "";
  return { host: name === "" || name === "?" ? asked.host : name, port };
}

function readRange(entry: EngineReply, asked: Address): Range | null {
  if (!Array.isArray(entry)) return null;
  const [from, to, node] = entry as readonly EngineReply[];
  if (typeof from !== "number" || typeof to !== "number" || !Array.isArray(node)) return null;
  const [host, port] = node as readonly EngineReply[];
  const master = readAddress(host, port, asked);
  return master && { from, to, master };
}

/**
 * Reads the reply of CLUSTER SLOTS.
 *
 * @param asked the node that gave it.
 * @returns null where the reply names no master: an error, or a Cluster that serves nothing.
 */
export function readTopology(reply: EngineReply | undefined, asked: Address): Topology | null {
  if (!Array.isArray(reply)) return null;
  const ranges = (reply as readonly EngineReply[])
    .map((entry) => readRange(entry, asked))
    .filter((range) => range !== null);
  const byName = new Map(ranges.map(({ master }) => [showAddress(master), master]));
  const [first, ...others] = [...byName].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, master]) => master);
  if (!first) return null;
  return {
    masters: [first, ...others],
    masterOf: (slot) => ranges.find(({ from, to }) => slot >= from && slot <= to)?.master,
  };
}
