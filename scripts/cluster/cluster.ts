// A Redis Cluster on loopback: three masters, and a replica of each.

import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { slotOf } from "../../local/engines/redis/cluster-slot.ts";
import { freePorts } from "../servers/ports.ts";
import { startServer, waitFor, type ClusterServer } from "./server.ts";

export interface Shard {
  /** What is a master at the beginning, and its replica. */
  readonly master: ClusterServer;
  readonly replica: ClusterServer;
}

export interface Cluster {
  /** As REDIS_URL takes it. */
  readonly url: string;
  readonly shards: readonly Shard[];
  readonly servers: readonly ClusterServer[];
  /** Which shard a key is in. */
  shardOf(key: string): Shard;
  /** Ends every server and deletes what they wrote. Safe to call twice. */
  close(): Promise<void>;
}

export interface ClusterOptions {
  /** After so long without a word a server counts as failed, and its replica takes over. 2,000. */
  readonly nodeTimeoutMs?: number;
}

const MASTERS = 3;
const SLOTS = 16_384;
const JOIN_MS = 30_000;

const firstSlot = (shard: number): number => Math.ceil((shard * SLOTS) / MASTERS);

/**
 * Starts a Cluster, and resolves when it is whole: each server knows all others, and each replica has its master's data.
 * @throws where there is no redis-server, or no Cluster comes of it
 */
export async function startCluster({ nodeTimeoutMs = 2_000 }: ClusterOptions = {}): Promise<Cluster> {
  const directory = await mkdtemp(join(tmpdir(), "sedge-cluster-"));
  const servers: ClusterServer[] = [];
  async function close(): Promise<void> {
    await Promise.all(servers.map((server) => server.close()));
    await rm(directory, { recursive: true, force: true });
  }

  try {
    const ports = await freePorts(4 * MASTERS);
    const started = await Promise.allSettled(
      Array.from({ length: 2 * MASTERS }, async (_, place) => {
        const own = join(directory, String(place));
        await mkdir(own);
        const [port = 0, bus = 0] = ports.slice(2 * place, 2 * place + 2);
        return startServer({ ports: { port, bus }, directory: own, nodeTimeoutMs });
      }),
    );
    for (const one of started) if (one.status === "fulfilled") servers.push(one.value);
    for (const one of started) if (one.status === "rejected") throw one.reason;
    const shards = await joined(servers);
    return {
      url: `redis+cluster://${servers.map(({ address }) => `${address.host}:${address.port}`).join(",")}`,
      shards,
      servers,
      shardOf(key) {
        const slot = slotOf(Buffer.from(key));
        const shard = shards.findLast((_, place) => firstSlot(place) <= slot);
        if (shard === undefined) throw new Error(`Slot ${slot} belongs to no shard`);
        return shard;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Makes a Cluster of servers that do not know each other. */
async function joined(servers: readonly ClusterServer[]): Promise<Shard[]> {
  const shards = Array.from({ length: MASTERS }, (_, place): Shard => {
    const [master, replica] = [servers[place], servers[place + MASTERS]];
    if (master === undefined || replica === undefined) throw new Error("There are too few servers");
    return { master, replica };
  });
  await Promise.all(
    shards.map(async ({ master }, place) => {
      await master.ask("CLUSTER", "ADDSLOTSRANGE", firstSlot(place), firstSlot(place + 1) - 1);
      // Each of its own, so that they need not agree on them first.
      await master.ask("CLUSTER", "SET-CONFIG-EPOCH", place + 1);
    }),
  );
  const [first, ...others] = servers;
  for (const { address, bus } of others) await first?.ask("CLUSTER", "MEET", address.host, address.port, bus);
  await Promise.all(
    shards.map(async ({ master, replica }) => {
      const id = await master.ask("CLUSTER", "MYID");
      // Refused until the two have heard of each other.
      await waitFor(() => replica.ask("CLUSTER", "REPLICATE", id), JOIN_MS);
    }),
  );
  await waitFor(() => Promise.all(servers.map((server) => requireWhole(server, servers.length))), JOIN_MS);
  return shards;
}

async function requireWhole(server: ClusterServer, size: number): Promise<void> {
  const [info, nodes] = [await server.ask("CLUSTER", "INFO"), await server.ask("CLUSTER", "NODES")];
  if (!info.includes("cluster_state:ok")) throw new Error("The Cluster does not serve all slots");
  const known = nodes.trim().split("\n");
  const replicas = known.filter((line) => /\bslave\b/.test(line));
  if (known.length !== size || replicas.length !== size / 2)
    throw new Error("Not all servers know each other");
  const isReplica = (await server.info("replication", "role")) === "slave";
  if (isReplica && (await server.info("replication", "master_link_status")) !== "up") {
    throw new Error("A replica has not its master's data yet");
  }
}
