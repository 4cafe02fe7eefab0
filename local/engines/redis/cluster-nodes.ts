// The connections to a Cluster's nodes, and what is known of who serves what.

import { EngineUnavailableError } from "../unavailable.ts";
import { readKeyTable } from "./cluster-keys.ts";
import type { KeyTable } from "./cluster-keys.ts";
import { readTopology } from "./cluster-topology.ts";
import type { Topology } from "./cluster-topology.ts";
import type { RedisNode } from "./node.ts";
import { showAddress } from "./url.ts";
import type { Address } from "./url.ts";

export interface ClusterNodes {
  topology(): Topology;
  /** Which words of a command are keys, as the Cluster itself says. */
  keyTable(): KeyTable;
  /** The connection to a node, made on first use. */
  node(address: Address): Promise<RedisNode>;
  /** Asks the nodes anew who serves what; concurrent calls share one asking. Keeps what is known where none answers. */
  refresh(): Promise<void>;
  close(): void;
}

function words(...texts: string[]): Buffer[] {
  return texts.map((text) => Buffer.from(text));
}

/** Also one that is being made: when it is. */
function close(connection: Promise<RedisNode>): void {
  connection.then((open) => open.close()).catch(() => undefined);
}

/**
 * Gets to know a Cluster.
 *
 * @param seeds some of its nodes; the first that answers is asked for the others.
 * @param connect makes a connection to a node.
 * @throws EngineUnavailableError where no seed answers, or none belongs to a Cluster that serves slots.
 */
export async function openClusterNodes(
  seeds: readonly Address[],
  connect: (address: Address) => Promise<RedisNode>,
): Promise<ClusterNodes> {
  const connections = new Map<string, Promise<RedisNode>>();
  let topology: Topology | undefined;
  let refreshing: Promise<void> | undefined;

  function node(address: Address): Promise<RedisNode> {
    const name = showAddress(address);
    const known = connections.get(name);
    if (known) return known;
    const connecting = connect(address);
    connections.set(name, connecting);
    // The next call tries again; a newer connection of that name is not this one's to forget.
    connecting.catch(() => {
      if (connections.get(name) === connecting) connections.delete(name);
    });
    return connecting;
  }

  async function ask(address: Address): Promise<Topology | null> {
    const [reply] = await (await node(address)).send([words("CLUSTER", "SLOTS")]);
    return readTopology(reply, address);
  }

  function closeUnused({ masters }: Topology): void {
    const used = new Set(masters.map(showAddress));
    for (const [name, connection] of connections) {
      if (used.has(name)) continue;
      connections.delete(name);
      close(connection);
    }
  }

  /** All at once: one answer is enough, and one that is silent must not hold up the others. */
  async function firstAnswer(addresses: readonly Address[]): Promise<Topology> {
    const answers = addresses.map(async (address) => {
      const found = await ask(address);
      return found ?? Promise.reject(new EngineUnavailableError("No node of the Cluster serves any slot"));
    });
    try {
      return await Promise.any(answers);
    } catch (failures) {
      const [failure] = failures instanceof AggregateError ? (failures.errors as unknown[]) : [failures];
      throw failure;
    }
  }

  async function findTopology(): Promise<void> {
    try {
      topology = await firstAnswer(topology?.masters ?? seeds).catch(() => firstAnswer(seeds));
      closeUnused(topology);
    } catch (error) {
      if (topology === undefined) throw error;
    }
  }

  const refresh = (): Promise<void> =>
    (refreshing ??= findTopology().finally(() => {
      refreshing = undefined;
    }));

  await refresh();
  const known = (): Topology => {
    if (!topology) throw new EngineUnavailableError("The Cluster is not known yet");
    return topology;
  };
  const [commands = null] = await (await node(known().masters[0])).send([words("COMMAND")]);
  const table = readKeyTable(commands);

  return {
    topology: known,
    keyTable: () => table,
    node,
    refresh,
    close() {
      for (const connection of connections.values()) close(connection);
      connections.clear();
    },
  };
}
