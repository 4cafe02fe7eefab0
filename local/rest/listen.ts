// An HTTP server of Node for a fetch handler: answers JSON even to what is not HTTP, and closes without hanging.

import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { getRequestListener, RequestError } from "@hono/node-server";
import type { DirectListener } from "./direct.ts";
import { SettingError } from "./settings.ts";

export interface HttpServer {
  /** The port it listens on; the one that was chosen where 0 was asked for. */
  port: number;
  /** Stops listening, and ends when every connection is closed: at once where idle, else within a second. */
  close(): Promise<void>;
}

export interface ListenOptions {
  host: string;
  port: number;
  fetch: (request: Request) => Response | Promise<Response>;
  /** Is offered each request first, and says whether it has taken it. */
  direct: DirectListener;
  log: (line: string) => void;
  /** Replaces the process's own Request and Response by leaner ones: a fifth more requests a second of those for `fetch`. */
  replaceGlobals: boolean;
}

/** Longer than clients keep an idle connection, so that none is closed under a request that is just being sent. */
const KEEP_ALIVE_MS = 75_000;
/** A command in path style has its arguments in the request line. */
const MAX_HEADER_BYTES = 1024 * 1024;
const CLOSE_GRACE_MS = 1000;
const NO_SUCH_ADDRESS: ReadonlySet<string> = new Set(["EADDRNOTAVAIL", "ENOTFOUND", "EAI_AGAIN"]);

/**
 * Listens.
 * @throws SettingError where the port is taken or the host is not an address of this machine
 */
export async function listen({
  host,
  port,
  fetch,
  direct,
  log,
  replaceGlobals,
}: ListenOptions): Promise<HttpServer> {
  const listener = getRequestListener(fetch, {
    overrideGlobalObjects: replaceGlobals,
    errorHandler: (error) => {
      // What is no request is its sender's fault.
      if (!(error instanceof RequestError)) log(`REST: ${String(error)}`);
      return Response.json({ error: "ERR bad request" }, { status: 400 });
    },
  });
  const server = createServer(
    { keepAliveTimeout: KEEP_ALIVE_MS, maxHeaderSize: MAX_HEADER_BYTES },
    (request, response) => {
      // Node closes a connection that turns idle after close() only when asked again.
      response.once("close", () => {
        if (!server.listening) server.closeIdleConnections();
      });
      if (!direct(request, response)) void listener(request, response);
    },
  );
  server.on("clientError", refuseGarbage);
  await bind(server, host, port);
  const { port: bound } = server.address() as AddressInfo;
  return { port: bound, close: () => closeServer(server) };
}

function bind(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(explain(error, host, port)));
    server.listen({ host, port }, resolve);
  });
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const cause = { cause: error };
  const code = error.code ?? "";
  if (code === "EADDRINUSE") {
    const advice = "stop what listens there, or choose another by REDIS_REST_PORT";
    return new SettingError(`Port ${port} on ${host} is taken: ${advice}.`, cause);
  }
  if (code === "EACCES") {
    return new SettingError(`Port ${port} is not allowed: choose another by REDIS_REST_PORT.`, cause);
  }
  if (NO_SUCH_ADDRESS.has(code)) {
    return new SettingError(`REDIS_REST_HOST=${host} is not an address of this machine.`, cause);
  }
  return error;
}

/** Answers what Node's parser cannot read, which no handler ever sees. */
function refuseGarbage(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const status =
    error.code === "HPE_HEADER_OVERFLOW" ? "431 Request Header Fields Too Large" : "400 Bad Request";
  const body = '{"error":"ERR bad request"}';
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  );
}

async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise((resolve) => server.once("close", resolve));
  // Closes what is idle; requests under way get their answers first.
  server.close();
  const force = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
  await closed;
  clearTimeout(force);
}
