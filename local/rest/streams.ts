// Server-sent events: /subscribe, /psubscribe and /monitor.

import type { Engine, EngineMessage, Unsubscribe } from "../engine.ts";
import { reach } from "./run.ts";

const HEADERS = { "content-type": "text/event-stream", "cache-control": "no-store" };
const LINE_BREAK = /\r\n|\r|\n/;
const LINE_BREAKS = /[\r\n]+/g;

/** What a reader may leave unread before its stream ends: Redis's own limit for subscribers. */
const MAX_UNREAD_BYTES = 32 * 1024 * 1024;

export interface Streams {
  /** Subscribes, and answers with the stream once the subscription stands. Ends when the signal aborts or the reader leaves. */
  subscribe(
    kind: "subscribe" | "psubscribe",
    channels: readonly string[],
    signal: AbortSignal,
  ): Promise<Response>;
  /** The commands that Redis runs, one event each. */
  monitor(signal: AbortSignal): Promise<Response>;
  /** What HEAD says of a stream. Nothing is opened: nobody would read it, and so nobody would end it. */
  head(): Response;
  /** Ends every open stream. */
  close(): void;
}

/**
 * Makes the streams of an engine.
 * @throws (each of its functions) EngineUnreachableError
 */
export function createStreams(engine: Engine): Streams {
  const open = new Set<() => void>();

  async function stream(
    first: readonly string[],
    attach: (send: (data: string) => void) => Promise<Unsubscribe>,
    signal: AbortSignal,
  ): Promise<Response> {
    const events = createEventStream();
    // The acknowledgement goes first, whatever arrives while the subscription is being made.
    for (const data of first) events.send(data);
    const detach = await reach(attach(events.send));
    open.add(events.end);
    events.onEnd(() => {
      open.delete(events.end);
      detach();
    });
    if (signal.aborted) events.end();
    else signal.addEventListener("abort", events.end, { once: true });
    return new Response(events.body, { headers: HEADERS });
  }

  return {
    subscribe(kind, channels, signal) {
      const first = channels.map((channel, index) => `${kind},${oneLine(channel)},${index + 1}`);
      const attach = (send: (data: string) => void) =>
        engine.subscribe(kind, channels, (message) => send(eventOf(message)));
      return stream(first, attach, signal);
    },
    monitor: (signal) => stream(['"OK"'], (send) => engine.monitor((line) => send(oneLine(line))), signal),
    head: () => new Response(null, { headers: HEADERS }),
    close() {
      for (const end of open) end();
    },
  };
}

/** One response's events. Its functions need no `this`. */
interface EventStream {
  body: ReadableStream<Uint8Array>;
  /** Sends one event. */
  send: (data: string) => void;
  /** Ends the stream from this side. */
  end: () => void;
  /** Is called once when the stream has ended, from either side. */
  onEnd: (callback: () => void) => void;
}

function createEventStream(): EventStream {
  let controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  let ended = false;
  let whenEnded: (() => void) | null = null;
  const encoder = new TextEncoder();

  const finish = () => {
    if (ended) return;
    ended = true;
    whenEnded?.();
  };
  const end = () => {
    if (!ended) controller?.close();
    finish();
  };
  const body = new ReadableStream<Uint8Array>(
    {
      start: (own) => {
        controller = own;
      },
      cancel: finish,
    },
    { highWaterMark: 0, size: (chunk) => chunk.byteLength },
  );

  return {
    body,
    end,
    /** `data:` takes a space behind it: @upstash/redis overlooks lines without. */
    send(data) {
      if (ended || controller === null) return;
      controller.enqueue(encoder.encode(`data: ${data}\n\n`));
      if ((controller.desiredSize ?? 0) < -MAX_UNREAD_BYTES) end();
    },
    onEnd(callback) {
      whenEnded = callback;
      if (ended) callback();
    },
  };
}

function eventOf({ pattern, channel, payload }: EngineMessage): string {
  const message = `${oneLine(channel)},${payloadLine(payload.toString())}`;
  return pattern === null ? `message,${message}` : `pmessage,${oneLine(pattern)},${message}`;
}

/**
 * A payload on one line, because @upstash/redis reads each line as a message of its own. Line breaks in JSON are white
 * space and become spaces; other text that has some is sent as a JSON string, which that client turns back into it.
 */
function payloadLine(payload: string): string {
  if (!LINE_BREAK.test(payload)) return payload;
  try {
    JSON.parse(payload);
    return oneLine(payload);
  } catch {
    return JSON.stringify(payload);
  }
}

function oneLine(text: string): string {
  return text.replaceAll(LINE_BREAKS, " ");
}
