// Upstash's REST protocol as a Hono app.

import { type Context, Hono } from "hono";
import type { Engine } from "../engine.ts";
import { readBody } from "./body.ts";
import { createDirectListener, type DirectListener } from "./direct.ts";
import { createExchange, type Head } from "./exchange.ts";
import { type Answer, failure } from "./respond.ts";
import { createStreams } from "./streams.ts";
import { pathSegments, splitTarget } from "./target.ts";

export { DEFAULT_TOKEN } from "./exchange.ts";

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
  /** Answers the hot ones of them on Node's own objects, as the app would. */
  direct: DirectListener;
  /** Ends every open stream of server-sent events. */
  closeStreams(): void;
}

/** Makes a server of Upstash's REST protocol before an engine. */
export function createRestApp({
  engine,
  token,
  maxRequestBytes = MAX_REQUEST_BYTES,
  log,
}: RestAppOptions): RestApp {
  const exchange = createExchange({ engine, token, maxRequestBytes, log });
  const streams = createStreams(engine);
  const app = new Hono();

  app.use(async (c, next) => {
    const refused = exchange.refuse(headOf(c));
    return refused === null ? next() : toResponse(refused);
  });

  for (const kind of ["subscribe", "psubscribe"] as const) {
    app.all(`/${kind}/*`, (c) => {
      const segments = pathSegments(splitTarget(c.req.url).path)?.slice(1) ?? [];
      const channels = segments.map(String).filter((channel) => channel !== "");
      if (channels.length === 0)
        return toResponse(failure(400, `ERR wrong number of arguments for '${kind}' command`));
      return isHead(c) ? streams.head() : streams.subscribe(kind, channels, c.req.raw.signal);
    });
  }

  app.all("/monitor", (c) => (isHead(c) ? streams.head() : streams.monitor(c.req.raw.signal)));

  app.all("*", async (c) => {
    const body = await readBody(c.req.raw, maxRequestBytes);
    return toResponse(await exchange.answer(headOf(c), body));
  });

  app.onError((error) => toResponse(exchange.fault(error)));

  return {
    app,
    direct: createDirectListener(exchange, maxRequestBytes),
    closeStreams: () => streams.close(),
  };
}

function headOf({ req }: Context): Head {
  const { headers } = req.raw;
  return {
    method: req.method,
    target: splitTarget(req.url),
    header: (name) => headers.get(name),
  };
}

function toResponse({ status, headers, body }: Answer): Response {
  return new Response(body, { status, headers });
}
