// The hot requests, answered on Node's own objects: POST /, /pipeline and /multi-exec, as @upstash/redis sends them. The
// Request and Response that a fetch handler wants would be a quarter (a pipeline of ten) to four tenths (GET) of the
// processor's time for such a request; every other one goes that way.

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Exchange, Head } from "./exchange.ts";
import type { Answer } from "./respond.ts";
import type { Target } from "./target.ts";

const TARGETS: ReadonlyMap<string | undefined, Target> = new Map(
  ["", "pipeline", "multi-exec"].map((path) => [`/${path}`, { path, query: "" }]),
);

/** Answers a request, where it is one of the hot ones, and says whether it is. */
export type DirectListener = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * Makes the listener.
 * @param maxRequestBytes a body announced as longer, or of which no length is announced, is for the other way
 */
export function createDirectListener(exchange: Exchange, maxRequestBytes: number): DirectListener {
  return function answerDirectly(request, response) {
    const target = TARGETS.get(request.url);
    const announced = request.headers["content-length"];
    if (target === undefined || request.method !== "POST" || announced === undefined) return false;
    if (Number(announced) > maxRequestBytes) return false;

    const head: Head = {
      method: request.method,
      target,
      header: (name) => headerOf(request, name),
    };
    const refused = exchange.refuse(head);
    if (refused !== null) {
      // What is still to come of the body is read and dropped by Node.
      send(response, refused);
      return true;
    }
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    // Of a caller that goes away before, nothing runs, and nobody waits for an answer.
    request.once("end", () => {
      const [first] = chunks;
      const body = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
      void exchange.answer(head, body).then((answer) => send(response, answer));
    });
    return true;
  };
}

function headerOf({ headers }: IncomingMessage, name: string): string | null {
  const value = headers[name];
  return (Array.isArray(value) ? value.join(", ") : value) ?? null;
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
  response.end(body);
}
