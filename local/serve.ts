// The local Redis as one thing to start and stop: an engine, the REST protocol before it, an HTTP server.

import type { Engine } from "./engine.ts";
import { openEngine } from "./engines/open.ts";
import { createRestApp, type RestApp } from "./rest/app.ts";
import { listen } from "./rest/listen.ts";
import { requireOwnTokenBeyondLoopback, SettingError } from "./rest/settings.ts";

export interface ServeRedisOptions {
  /** An engine that is open already; `close()` closes it. Default: one is opened by `redisUrl` and `stateDir`. */
  engine?: Engine | undefined;
  /** The Redis to stand before. Default: the embedded engine. */
  redisUrl?: string | undefined;
  /** Where the embedded engine keeps its data; null keeps it in memory only. */
  stateDir: string | null;
  host: string;
  /** 0 takes a free one. */
  port: number;
  token: string;
  log: (line: string) => void;
  /** Lets the server replace the globals Request and Response by leaner ones. For a process that does little else. Default false. */
  replaceGlobals?: boolean;
}

export interface RedisServer {
  url: string;
  token: string;
  engine: Engine;
  /** Ends open streams and connections, then closes the engine, which writes its data. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Starts a server of Upstash's REST protocol and resolves when it answers.
 * @throws SettingError where the port is taken, the host is none of this machine's or beyond loopback with the default
 * token, or the engine cannot be opened. Its message names the variable to change.
 */
export async function serveRedis(options: ServeRedisOptions): Promise<RedisServer> {
  const { host, port, token, log, replaceGlobals = false } = options;
  requireOwnTokenBeyondLoopback(host, token);

  // The port comes first: a second server that finds it taken must not have opened the first one's data.
  let handle: (request: Request) => Response | Promise<Response> = async (request) => {
    await opening;
    return handle(request);
  };
  let rest: RestApp | null = null;
  const server = await listen({
    host,
    port,
    fetch: (request) => handle(request),
    direct: (request, response) => rest?.direct(request, response) ?? false,
    log,
    replaceGlobals,
  });
  const opening = open(options);
  const engine = await opening.catch(async (error: unknown) => {
    await server.close();
    throw error;
  });
  const served = createRestApp({ engine, token, log });
  rest = served;
  handle = served.app.fetch;

  let closing: Promise<void> | null = null;
  const close = async () => {
    served.closeStreams();
    await server.close();
    await engine.close();
  };
  return { url: urlOf(host, server.port), token, engine, close: () => (closing ??= close()) };
}

async function open({ engine, redisUrl, stateDir, log }: ServeRedisOptions): Promise<Engine> {
  if (engine !== undefined) return engine;
  try {
    return await openEngine({ ...(redisUrl !== undefined && { redisUrl }), stateDir, log });
  } catch (cause) {
    // What keeps an engine from opening is a setting: the address of a Redis that is away, a directory in use.
    throw new SettingError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

const WILDCARDS: ReadonlyMap<string, string> = new Map([
  ["0.0.0.0", "127.0.0.1"],
  ["::", "[::1]"],
]);

function urlOf(host: string, port: number): string {
  return `http://${WILDCARDS.get(host) ?? (host.includes(":") ? `[${host}]` : host)}:${port}`;
}
