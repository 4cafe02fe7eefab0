// A Redis, Valkey or Cluster by URL, behind the engine's interface.

import type { Redis } from "ioredis";
import { EngineError } from "../../engine.ts";
import type { Engine, EngineCommand, EngineReply } from "../../engine.ts";
import { connectClient } from "./client.ts";
import type { ClientSettings } from "./client.ts";
import { createClusterCommands } from "./cluster.ts";
import type { Commands } from "./cluster.ts";
import { openClusterNodes } from "./cluster-nodes.ts";
import { allOrNone, monitorNode } from "./monitor.ts";
import { connectNode } from "./node.ts";
import type { RedisNode } from "./node.ts";
import { runTransactionOn } from "./node-transaction.ts";
import { isUnshareable } from "./shared-connection.ts";
import { createSubscriber } from "./subscriber.ts";
import { parseRedisUrl } from "./url.ts";
import type { Address } from "./url.ts";

const TIMEOUT_MS = 5_000;

interface Backend extends Commands {
  /** The servers that run commands now. */
  servers(): readonly [Address, ...Address[]];
  close(): void;
}

function singleBackend(node: RedisNode): Backend {
  return {
    pipeline: (commands) => node.send(commands),
    transaction: async (commands) => (await runTransactionOn(node, commands)).result,
    servers: () => [node.address],
    close: () => node.close(),
  };
}

async function clusterBackend(
  seeds: readonly Address[],
  connect: (address: Address) => Promise<RedisNode>,
): Promise<Backend> {
  const nodes = await openClusterNodes(seeds, connect);
  return {
    ...createClusterCommands(nodes),
    servers: () => nodes.topology().masters,
    close: () => nodes.close(),
  };
}

/** What INFO says of the server: `Redis 7.0.15`, and whether it belongs to a Cluster. */
async function ask(commands: Commands): Promise<{ product: string; cluster: boolean }> {
  const [reply] = await commands.pipeline([[Buffer.from("INFO"), Buffer.from("server")]]);
  const info = Buffer.isBuffer(reply) ? reply.toString() : "";
  const field = (name: string): string | undefined => new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1];
  const valkey = field("valkey_version");
  const version = valkey ?? field("redis_version") ?? "of unknown version";
  return { product: `${valkey ? "Valkey" : "Redis"} ${version}`, cluster: field("redis_mode") === "cluster" };
}

/**
 * A connection to one of the servers, for Pub/Sub: in a Cluster every node passes on what is published on any. The first
 * that can be reached: it is the one that PUBLISH and PUBSUB are sent to, so that what they count is there.
 */
async function connectAny(settings: ClientSettings, servers: readonly Address[]): Promise<Redis> {
  let failure: unknown;
  for (const address of servers) {
    try {
      return await connectClient(settings, address, { retryStrategy: () => null }, () => undefined);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function refused([name]: EngineCommand): EngineError {
  return new EngineError(
    `ERR ${name?.toString().toUpperCase() ?? ""} is not possible on a connection others share`,
  );
}

/** Runs what may run, and puts an error in the place of what may not. */
async function pipelineWithout(commands: readonly EngineCommand[], backend: Backend): Promise<EngineReply[]> {
  if (!commands.some(isUnshareable)) return backend.pipeline(commands);
  const replies = (await backend.pipeline(commands.filter((command) => !isUnshareable(command)))).values();
  return commands.map((command) =>
    isUnshareable(command) ? refused(command) : (replies.next().value ?? null),
  );
}

/**
 * Opens a Redis by URL, and waits until it answers. It reconnects by itself; while it is down, calls fail at once.
 *
 * @param options.url see url.ts for its forms.
 * @param options.connectTimeoutMs for each connection; 5,000.
 * @param options.commandTimeoutMs for each call; 5,000.
 * @throws EngineUnavailableError where it cannot be reached; Error where the URL makes no sense.
 */
export async function createRedisEngine(options: {
  url: string;
  connectTimeoutMs?: number;
  commandTimeoutMs?: number;
}): Promise<Engine> {
  const target = parseRedisUrl(options.url);
  const settings: ClientSettings = {
    target,
    connectTimeoutMs: options.connectTimeoutMs ?? TIMEOUT_MS,
    commandTimeoutMs: options.commandTimeoutMs ?? TIMEOUT_MS,
  };
  const connect = (address: Address): Promise<RedisNode> => connectNode(settings, address);

  let backend = target.cluster
    ? await clusterBackend(target.addresses, connect)
    : singleBackend(await connect(target.addresses[0]));
  const { product, cluster } = await ask(backend);
  // A plain URL may name a node of a Cluster, of which alone it would serve a part of the keys.
  if (cluster && !target.cluster) {
    backend.close();
    backend = await clusterBackend(target.addresses, connect);
  }
  const clusterNote = cluster ? ` Cluster, ${backend.servers().length} masters` : "";

  const subscriber = createSubscriber(
    () => connectAny(settings, backend.servers()),
    settings.commandTimeoutMs,
  );
  const monitors = new Set<() => void>();

  return {
    description: `${target.shown} (${product}${clusterNote})`,
    pipeline: (commands) => pipelineWithout(commands, backend),
    async transaction(commands) {
      const stray = commands.find(isUnshareable);
      return stray ? refused(stray) : backend.transaction(commands);
    },
    subscribe: (kind, channels, listener) => subscriber.subscribe(kind, channels, listener),
    async monitor(listener) {
      const watched = await allOrNone(
        backend.servers().map((address) => monitorNode(settings, address, listener)),
      );
      const end = (): void => {
        monitors.delete(end);
        for (const stop of watched) stop();
      };
      monitors.add(end);
      return end;
    },
    async close() {
      for (const end of monitors) end();
      subscriber.close();
      backend.close();
    },
  };
}
