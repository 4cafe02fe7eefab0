// An HTTP proxy before a REST server that counts what passes and misbehaves on demand.

import { once } from "node:events";
import { createServer, type IncomingMessage, request as send, type ServerResponse } from "node:http";
import { type AddressInfo, type Socket } from "node:net";
import { buffer } from "node:stream/consumers";

/**
 * - `pass`: as if it were not there.
 * - `refuse`: every connection is cut at once, open ones too; the target sees nothing.
 * - `hang`: requests are taken and never answered; the target sees nothing. They stay so when the mode changes.
 * - `status500`: 500 with a JSON error; the target sees nothing.
 * - `garbage`: 200 with a body that is not JSON; the target sees nothing.
 * - `dropResponse`: the target runs the request, and the connection is cut instead of its answer.
 * - `{ delayMs }`: passes after that time.
 */
export type FaultMode =
  | "pass"
  | "refuse"
  | "hang"
  | "status500"
  | "garbage"
  | "dropResponse"
  | { delayMs: number };

export interface SeenRequest {
  /** `/`, `/pipeline`, `/multi-exec`, or a path style command's path. */
  path: string;
  /** The commands of the body, or the one of the path. */
  commands: string[][];
}

export interface FaultProxy {
  url: string;
  /** Set it at any time; it holds for requests that arrive from then on. */
  mode: FaultMode;
  /** Every request that arrived whole, answered or not, since the start or the last `reset()`. */
  seen: SeenRequest[];
  readonly requests: number;
  readonly commands: number;
  /** Forgets what was seen. */
  reset(): void;
  close(): Promise<void>;
}

/**
 * Starts a proxy on a free port.
 * @param target the URL of the REST server
 */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const sockets = new Set<Socket>();
  const cutAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  let mode: FaultMode = "pass";

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    if (mode === "refuse") socket.destroy();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const path = request.url ?? "/";
    proxy.seen.push({ path, commands: commandsOf(path, body.toString()) });
    // Taken once: a later change of the mode is for later requests.
    const now = mode;
    if (now === "hang") return;
    if (now === "refuse") response.destroy();
    else if (now === "status500") answer(response, 500, '{"error":"ERR injected fault"}');
    else if (now === "garbage") answer(response, 200, "<html>not JSON</html>");
    else {
      if (typeof now === "object") await new Promise((resolve) => setTimeout(resolve, now.delayMs));
      forward(target, request, body, response, now === "dropResponse");
    }
  }

  const proxy: FaultProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: [],
    get mode() {
      return mode;
    },
    set mode(next) {
      mode = next;
      if (next === "refuse") cutAll();
    },
    get requests() {
      return proxy.seen.length;
    },
    get commands() {
      return proxy.seen.reduce((sum, request) => sum + request.commands.length, 0);
    },
    reset() {
      proxy.seen = [];
    },
    async close() {
      const closed = once(server, "close");
      server.close();
      cutAll();
      await closed;
    },
  };
  return proxy;
}

function answer(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { "content-type": "application/json" }).end(body);
}

function forward(
  target: string,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
  dropped: boolean,
): void {
  const { host: _, ...headers } = request.headers;
  const upstream = send(
    `${target}${request.url ?? "/"}`,
    { method: request.method ?? "GET", headers },
    (reply) => {
      if (dropped) {
        reply.resume().on("end", () => response.destroy());
        return;
      }
      response.writeHead(reply.statusCode ?? 502, reply.headers);
      response.flushHeaders();
      reply.pipe(response);
      reply.on("error", () => response.destroy());
    },
  );
  upstream.on("error", () => response.destroy());
  response.on("close", () => upstream.destroy());
  upstream.end(body);
}

function commandsOf(path: string, body: string): string[][] {
  const [pathname = "/"] = path.split("?");
  if (pathname === "/pipeline" || pathname === "/multi-exec") {
    return rows(body).map((row) => (Array.isArray(row) ? row.map(String) : [String(row)]));
  }
  if (pathname === "/") return [rows(body).map(String)];
  return [pathname.slice(1).split("/").map(decodeURIComponent)];
}

function rows(body: string): unknown[] {
  try {
    const value: unknown = JSON.parse(body);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
