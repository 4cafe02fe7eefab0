// Commands and replies on the socket of a connection that ioredis has made ready.
//
// ioredis connects, authenticates, selects and connects anew; the commands themselves go past it. What it does for each
// command, and a write to Redis for each request, were half of the processor's time for a request; here, what is sent
// within one turn of the event loop, by whomever, is one write.

import type { Socket } from "node:net";
import type { EngineCommand, EngineReply } from "../../engine.ts";
import { encodeCommands } from "./command-bytes.ts";
import { createReplyReader } from "./reply-reader.ts";

export interface Wire {
  /**
   * Sends commands, nothing of another caller between them.
   *
   * @returns a reply per command, errors as values.
   * @throws Error where the connection ends before the last reply, or that takes too long.
   */
  send(commands: readonly EngineCommand[]): Promise<EngineReply[]>;
  /** Refuses what waits for replies. Safe to call twice. */
  end(reason: Error): void;
}

/** Commands sent together, and the replies that have come. */
interface Batch {
  readonly size: number;
  readonly replies: EngineReply[];
  readonly deadline: number;
  readonly resolve: (replies: EngineReply[]) => void;
  readonly reject: (reason: Error) => void;
}

/**
 * Takes a socket over, on which no reply is outstanding.
 *
 * @param replyTimeoutMs how long replies may take. A connection silent for longer is taken for dead and cut: a new one
 *   costs less than waiting on this one.
 */
export function openWire(socket: Socket, replyTimeoutMs: number): Wire {
  /** Sent and not yet answered, in their order. */
  const waiting: Batch[] = [];
  let unsent: EngineCommand[] = [];
  let ended: Error | null = null;
  /** One for all, not one for each request: it runs while anything waits, for the first of them. */
  let timer: NodeJS.Timeout | null = null;

  function end(reason: Error): void {
    if (ended !== null) return;
    ended = reason;
    if (timer !== null) clearTimeout(timer);
    for (const batch of waiting.splice(0)) batch.reject(reason);
  }

  function cut(reason: Error): void {
    end(reason);
    // ioredis sees it closed, and connects anew.
    socket.destroy();
  }

  function watch(): void {
    timer = null;
    const [first] = waiting;
    if (first === undefined) return;
    const leftMs = first.deadline - performance.now();
    if (leftMs <= 0) cut(new Error(`no answer within ${replyTimeoutMs} ms`));
    else timer = setTimeout(watch, leftMs);
  }

  function flush(): void {
    const commands = unsent;
    unsent = [];
    if (ended === null) socket.write(encodeCommands(commands));
  }

  const read = createReplyReader((reply) => {
    const [first] = waiting;
    if (first === undefined) throw new Error("Redis answered what nobody asked");
    first.replies.push(reply);
    if (first.replies.length < first.size) return;
    waiting.shift();
    first.resolve(first.replies);
  });

  // Every reply that ioredis asked for has come.
  socket.removeAllListeners("data");
  socket.on("data", (chunk) => {
    try {
      read(chunk);
    } catch (error) {
      cut(error instanceof Error ? error : new Error(String(error)));
    }
  });

  return {
    send(commands) {
      return new Promise((resolve, reject) => {
        if (ended !== null) return reject(ended);
        // Behind the requests that this turn of the event loop has still to read, and before it waits for more.
        if (unsent.length === 0) setImmediate(flush);
        for (const command of commands) unsent.push(command);
        const deadline = performance.now() + replyTimeoutMs;
        waiting.push({ size: commands.length, replies: [], deadline, resolve, reject });
        timer ??= setTimeout(watch, replyTimeoutMs);
      });
    },
    end,
  };
}
