// One redis-server of a Cluster, on loopback.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { connectNode, type RedisNode } from "../../local/engines/redis/node.ts";
import { parseRedisUrl, type Address } from "../../local/engines/redis/url.ts";
import { EngineError, EngineStatus, type EngineReply } from "../../local/engine.ts";

export interface ServerPorts {
  readonly port: number;
  /** On which the servers of a Cluster talk among themselves. */
  readonly bus: number;
}

export interface ClusterServer extends ServerPorts {
  readonly address: Address;
  /**
   * Runs one command on this server, whosever slots it is about.
   * @returns its reply as text
   * @throws where it does not answer, or with an error
   */
  ask(...words: readonly (string | number)[]): Promise<string>;
  /** A field of what INFO says of a section. */
  info(section: string, field: string): Promise<string>;
  /** SIGKILL ends it as a crash does; SIGSTOP makes it silent, as a host that is gone; SIGCONT wakes it. */
  signal(name: "SIGKILL" | "SIGSTOP" | "SIGCONT"): void;
  /** Ends it, however it is. Safe to call twice. */
  close(): Promise<void>;
}

export interface ServerOptions {
  readonly ports: ServerPorts;
  /** Of its own. */
  readonly directory: string;
  readonly nodeTimeoutMs: number;
}

const HOST = "127.0.0.1";
const START_MS = 10_000;
const ASK_MS = 2_000;

const MISSING = 127;
const INSTALL = "there is none; install it (Debian's package redis-server)";
/** A server that ends with its input: with who started it, however that ends. */
const GUARDED = `command -v redis-server >/dev/null || exit ${MISSING}
redis-server "$@" &
cat >/dev/null
kill -9 $!
wait $!`;

/**
 * Starts a server, and resolves when it answers.
 * @throws where there is no redis-server, or it does not start
 */
export async function startServer({
  ports,
  directory,
  nodeTimeoutMs,
}: ServerOptions): Promise<ClusterServer> {
  const { port, bus } = ports;
  const settings = [
    ["port", port],
    ["cluster-port", bus],
    ["bind", HOST],
    ["dir", directory],
    ["cluster-enabled", "yes"],
    ["cluster-node-timeout", nodeTimeoutMs],
    // What is lost when a master dies is what was not replicated: nothing comes back from a disk.
    ["save", ""],
    ["appendonly", "no"],
    ["repl-diskless-sync-delay", 0],
  ].flatMap(([name, value]) => [`--${name}`, String(value)]);
  // In a process group of its own: a Ctrl-C reaches whoever started it alone, who then ends it.
  const guard = spawn("sh", ["-c", GUARDED, "sh", ...settings], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  // The guard may be gone when its input is closed.
  guard.stdin.on("error", () => undefined);
  const ended = once(guard, "exit").then(([code]) => Number(code));
  let pid = 0;

  const address = { host: HOST, port };
  const target = parseRedisUrl(`redis://${HOST}:${port}`);
  let connection: Promise<RedisNode> | undefined;
  async function connect(): Promise<RedisNode> {
    try {
      return await connectNode({ target, connectTimeoutMs: ASK_MS, commandTimeoutMs: ASK_MS }, address);
    } catch (error) {
      connection = undefined;
      throw error;
    }
  }

  async function ask(...words: readonly (string | number)[]): Promise<string> {
    connection ??= connect();
    const [reply = null] = await (await connection).send([words.map((word) => Buffer.from(String(word)))]);
    if (reply instanceof EngineError) throw new Error(`${words.join(" ")}: ${reply.message}`);
    return textOf(reply);
  }

  const server: ClusterServer = {
    ...ports,
    address,
    ask,
    async info(section, field) {
      const text = await ask("INFO", section);
      return new RegExp(`^${field}:(.*?)\\r?$`, "m").exec(text)?.[1] ?? "";
    },
    signal: (name) => void process.kill(pid, name),
    async close() {
      connection?.then((open) => open.close()).catch(() => undefined);
      guard.stdin.end();
      await ended;
    },
  };
  try {
    const failed = ended.then((code) =>
      Promise.reject(new Error(code === MISSING ? INSTALL : `It ended with ${code}`)),
    );
    await Promise.race([waitFor(() => ask("PING"), START_MS), failed]);
    pid = Number(await server.info("server", "process_id"));
  } catch (cause) {
    await server.close();
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`redis-server does not start: ${why}`, { cause });
  }
  return server;
}

function textOf(reply: EngineReply): string {
  if (Buffer.isBuffer(reply) || typeof reply === "number") return String(reply);
  return reply instanceof EngineStatus ? reply.text : "";
}

const LOOK_EVERY_MS = 50;

/**
 * Asks again until it succeeds.
 * @returns what `attempt` resolved with
 * @throws what the last attempt threw, when the time is over
 */
export async function waitFor<Value>(attempt: () => Promise<Value>, ms: number): Promise<Value> {
  const until = performance.now() + ms;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() >= until) throw error;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }
}
