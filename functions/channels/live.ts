// Events as they come: server-sent events (WHATWG HTML, 9.2).

import type { Context } from "hono";
import { isPosition, type LiveItem } from "../../lib/pubsub/index.ts";
import type { AppEnv } from "../http/environment.ts";
import { problem } from "../http/problems.ts";

/** How long a client waits before it comes back, when a stream has ended. */
const RETRY_MS = 1_000;

const HEADERS = {
  "Content-Type": "text/event-stream; charset=utf-8",
  "Cache-Control": "no-store",
  // Asks a proxy in between to pass each event on at once.
  "X-Accel-Buffering": "no",
};

/** Whether a caller wants events as they come, not those there are. */
export const wantsStream = (c: Context<AppEnv>): boolean =>
  /\btext\/event-stream\b/i.test(c.req.header("Accept") ?? "");

/**
 * Answers with a pattern's events as they come, behind `Last-Event-ID` or else `after`, and from now on without either.
 * @throws ProblemError 400 for a `Last-Event-ID` that is none; RedisUnavailableError
 */
export async function answerStream(
  c: Context<AppEnv>,
  pattern: string,
  after: string | undefined,
): Promise<Response> {
  const lastId = c.req.header("Last-Event-ID") || after;
  if (lastId !== undefined && !isPosition(lastId)) {
    throw problem("bad-request", {
      errors: [{ path: "Last-Event-ID", message: "must be an event's id, or 0" }],
    });
  }
  const { live, log } = c.var.services;
  const leaving = new AbortController();
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  let isClosed = false;
  const close = (): void => {
    if (!isClosed) controller?.close();
    isClosed = true;
  };
  const items = await live.open(pattern, {
    after: lastId,
    signal: AbortSignal.any([c.req.raw.signal, leaving.signal]),
    // A client that does not read has nothing pulled, and would never be told that its time is over.
    onOver: close,
  });

  const encoder = new TextEncoder();
  let prelude = `retry: ${RETRY_MS}\n`;
  const body = new ReadableStream<Uint8Array>(
    {
      start(its) {
        controller = its;
      },
      // Nothing is made before the client takes it: so HEAD subscribes to nothing, and a slow client keeps nothing.
      async pull(its) {
        try {
          const { done, value } = await items.next();
          if (done) return close();
          // It was over while this was made: who comes back gets it.
          if (isClosed) return;
          its.enqueue(encoder.encode(prelude + textOf(value)));
          prelude = "";
        } catch (error) {
          log({ level: "error", event: "live", requestId: c.get("requestId"), error });
          close();
        }
      },
      async cancel() {
        isClosed = true;
        leaving.abort();
        await items.return();
      },
    },
    { highWaterMark: 0 },
  );
  return c.body(body, 200, HEADERS);
}

/** What a stream says itself, or an `EventSource` of its connection. */
const OWN_WORDS: ReadonlySet<string> = new Set(["gap", "error", "open"]);

/**
 * An item as it is sent. An event goes by its type, for a client to listen to it alone, but one of a type that could pass for the
 * stream's own words (`gap`, `error`, `open`) goes as a `message`: its type stands in its data.
 */
function textOf(item: LiveItem): string {
  if (item.kind === "gap") return `event: gap\ndata: ${JSON.stringify(item.gap)}\n\n`;
  // An id without data is no event: the client keeps it, to come back with.
  if (item.kind === "position") return `:\nid: ${item.position}\n\n`;
  const { event } = item;
  const name = event.type === null || OWN_WORDS.has(event.type) ? "message" : event.type;
  return `id: ${event.id}\nevent: ${name}\ndata: ${JSON.stringify(event)}\n\n`;
}
