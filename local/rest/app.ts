// Upstash's REST protocol as a Hono app: who may call, what each endpoint does, what a fault looks like.

import { type Context, Hono } from "hono";
import { type Engine, EngineError } from "../engine.ts";
import { createAuthenticator } from "./auth.ts";
import { readBody } from "./body.ts";
import { isForeignPage } from "./browsers.ts";
import { parseCommand, parsePipeline, parseTarget } from "./parse.ts";
import { createResponder, readFormat } from "./respond.ts";
import { createRunner, EngineUnreachableError } from "./run.ts";
import { createStreams } from "./streams.ts";
import { pathSegments, splitTarget } from "./target.ts";

/** The token of a server nobody configured. Everyone knows it. */
export const DEFAULT_TOKEN = "local";

const METHODS = ["HEAD", "GET", "POST", "PUT"];
const MAX_REQUEST_BYTES = 10 * 1024 * 1024;

const isHead = (c: Context): boolean => c.req.method === "HEAD";

export interface RestAppOptions {
  /** The Redis behind. */
  engine: Engine;
  /** What callers must present. With the default token, requests that a foreign web page may have made are refused. */
  token: string;
  /** The largest body taken. Default 10 MiB, as on Upstash. */
  maxRequestBytes?: number;
  /** Is told of faults in this server. Default: nothing is told. */
  log?: (line: string) => void;
}

export interface RestApp {
  /** Answers requests: `app.fetch(request)`. */
  app: Hono;
  /** Ends every open stream of server-sent events. */
  closeStreams(): void;
}

/**
 * Makes a server of Upstash's REST protocol before an engine.
 * Each request costs one call of the engine, whatever the number of its commands.
 */
export function createRestApp({
  engine,
  token,
  maxRequestBytes = MAX_REQUEST_BYTES,
  log,
}: RestAppOptions): RestApp {
  const isAuthenticated = createAuthenticator(token);
  const runner = createRunner(engine);
  const streams = createStreams(engine);
  const respond = createResponder();
  const app = new Hono();

  app.use(async (c, next) => {
    if (!METHODS.includes(c.req.method)) return respond.notAllowed(METHODS);
    if (token === DEFAULT_TOKEN && isForeignPage(c.req.raw.headers)) {
      return respond.failure(403, "ERR web pages need a token of your own: set UPSTASH_REDIS_REST_TOKEN");
    }
    if (!isAuthenticated(c.req.raw.headers.get("authorization"), splitTarget(c.req.url).query)) {
      return respond.failure(401, "WRONGPASS invalid or missing auth token");
    }
    return next();
  });

  app.all("/pipeline", async (c) => {
    const format = readFormat(c.req.raw.headers);
    const body = await readBody(c.req.raw, maxRequestBytes);
    if (format instanceof EngineError) return respond.failure(400, format.message);
    if (body === null) return respond.tooLarge(maxRequestBytes);
    const commands = parsePipeline(body);
    if (commands instanceof EngineError) return respond.failure(400, commands.message);
    return respond.replies(await runner.pipeline(commands), format);
  });

  app.all("/multi-exec", async (c) => {
    const format = readFormat(c.req.raw.headers);
    const body = await readBody(c.req.raw, maxRequestBytes);
    if (format instanceof EngineError) return respond.failure(400, format.message);
    if (body === null) return respond.tooLarge(maxRequestBytes);
    const commands = parsePipeline(body);
    if (commands instanceof EngineError) return respond.failure(400, commands.message);
    const replies = await runner.transaction(commands);
    if (replies instanceof EngineError) return respond.failure(400, replies.message);
    return respond.replies(replies, { ...format, resp2: false });
  });

  for (const kind of ["subscribe", "psubscribe"] as const) {
    app.all(`/${kind}/*`, (c) => {
      const segments = pathSegments(splitTarget(c.req.url).path)?.slice(1) ?? [];
      const channels = segments.map(String).filter((channel) => channel !== "");
      if (channels.length === 0)
        return respond.failure(400, `ERR wrong number of arguments for '${kind}' command`);
      return isHead(c) ? streams.head() : streams.subscribe(kind, channels, c.req.raw.signal);
    });
  }

  app.all("/monitor", (c) => (isHead(c) ? streams.head() : streams.monitor(c.req.raw.signal)));

  app.all("*", async (c) => {
    const format = readFormat(c.req.raw.headers);
    const body = await readBody(c.req.raw, maxRequestBytes);
    if (format instanceof EngineError) return respond.failure(400, format.message);
    if (body === null) return respond.tooLarge(maxRequestBytes);
    const target = splitTarget(c.req.url);
    const command = target.path === "" ? parseCommand(body) : parseTarget(target, body);
    if (command instanceof EngineError) return respond.failure(400, command.message);
    return respond.reply(await runner.single(command), format);
  });

  app.onError((error) => {
    if (error instanceof EngineUnreachableError) return respond.failure(503, `ERR ${error.message}`);
    log?.(`REST: ${error.stack ?? error.message}`);
    return respond.failure(500, "ERR internal error of the REST server");
  });

  return { app, closeStreams: () => streams.close() };
}
