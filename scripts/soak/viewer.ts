// A live viewer, as a page is: it reads server-sent events by a token, leaves now and then, and comes back behind its last.

import { setTimeout as delay } from "node:timers/promises";
import type { Api } from "./api.ts";
import type { Ledger } from "./ledger.ts";
import type { Mailbox } from "./mailbox.ts";
import { PATTERN } from "./steps/messages.ts";

export interface ViewerOptions {
  readonly api: Api;
  readonly ledger: Ledger;
  readonly mailbox: Mailbox;
  /** After so long it leaves, and comes back. */
  readonly stayMs: number;
  readonly tell: (what: string) => void;
  /** Is asked where a stream broke. */
  readonly wasInterrupted: () => Promise<boolean>;
}

export interface Viewer {
  /** Resolves when it listens for the first time. */
  readonly listens: Promise<void>;
  close(): Promise<void>;
}

const TOKEN_SECONDS = 60;
const BEFORE_AGAIN_MS = 100;

export function startViewer({ api, ledger, mailbox, stayMs, tell, wasInterrupted }: ViewerOptions): Viewer {
  const ending = new AbortController();
  const { promise: listens, resolve: listening } = Promise.withResolvers<void>();
  let last = "";
  let visits = 0;

  async function visit(signal: AbortSignal): Promise<void> {
    const { body } = await api.call<{ token: string }>("POST", `/v1/channels/${PATTERN}/tokens`, {
      body: { ttlSeconds: TOKEN_SECONDS },
    });
    visits += 1;
    ledger.add("read token", String(visits), TOKEN_SECONDS);
    const response = await fetch(`${api.url}/v1/channels/${PATTERN}/events?token=${body.token}`, {
      headers: { accept: "text/event-stream", ...(last !== "" && { "last-event-id": last }) },
      signal,
    });
    if (!response.ok || response.body === null) return tell(`a stream was answered ${response.status}`);
    let unread = "";
    const decoder = new TextDecoder();
    for await (const chunk of response.body) {
      const blocks = (unread + decoder.decode(chunk, { stream: true })).split("\n\n");
      unread = blocks.pop() ?? "";
      for (const block of blocks) read(block);
      listening();
    }
  }

  /** What has data is an event; the rest says where the stream stands, or that it lives. */
  function read(block: string): void {
    const field = (name: string) => new RegExp(`^${name}: ?(.*)$`, "m").exec(block)?.[1];
    if (field("event") === "gap") tell(`a gap was told live: ${block}`);
    last = field("id") ?? last;
    const data = field("data");
    if (data !== undefined) mailbox.seen.push((JSON.parse(data) as { id: string }).id);
  }

  async function watch(): Promise<void> {
    while (!ending.signal.aborted) {
      const leave = AbortSignal.any([ending.signal, AbortSignal.timeout(stayMs)]);
      await visit(leave).catch(async (error: unknown) => {
        if (leave.aborted || (await wasInterrupted())) return;
        tell(`a live stream broke: ${String(error)}`);
      });
      await delay(BEFORE_AGAIN_MS);
    }
  }

  const watching = watch();
  return {
    listens,
    async close() {
      ending.abort();
      await watching;
    },
  };
}
