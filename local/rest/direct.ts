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

/** Any other the app reads as a URL, and may refuse. */
const PLAIN_HOST = /^(?:[a-z\d._-]+|\[::1\])(?::(?:[1-5]\d{3,4}|6[0-5]?\d{3}|[7-9]\d{3}))?$/;
/** Of a repeated one Node shows the first alone; the app sees them all, and takes none. */
const SINGLE = ["host", "authorization"];

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
    if (!PLAIN_HOST.test(request.headers.host ?? "") || SINGLE.some((name) => isRepeated(request, name)))
      return false;

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

function isRepeated({ rawHeaders }: IncomingMessage, name: string): boolean {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const header = rawHeaders[at];
    if (header?.length === name.length && header.toLowerCase() === name) count++;
  }
  return count > 1;
}

function headerOf({ headers }: IncomingMessage, name: string): string | null {
  const value = headers[name];
  return (Array.isArray(value) ? value.join(", ") : value) ?? null;
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
  response.end(body);
}
