// Receiving, acking, extending.

import { enqueuedAt, parseReceipt, receiptOf } from "./receipt.ts";
import { ACK, EXTEND, RECEIVE } from "./receive-lua.ts";
import { checkCount, checkRange, type QueueSettings } from "./settings.ts";
import type { NotHeld, Queues, ReceivedMessage } from "./types.ts";

const MOST_MESSAGES = 100;
const MAX_VISIBILITY_SECONDS = 43_200;
const MAX_WAIT_SECONDS = 20;

/** Looks of one wait come this far apart: the first soon; a second at most, so that none comes later for a delay's end. */
const FIRST_LOOK_MS = 100;
const LOOKS_AT_MOST_APART_MS = 1_000;

type Taken = readonly [id: string, receive: number, attempts: number, body: string];

const messageOf = ([id, receive, attempts, body]: Taken): ReceivedMessage => ({
  id,
  receipt: receiptOf({ id, receive }),
  body: JSON.parse(body) as unknown,
  attempts,
  enqueuedAt: enqueuedAt(id),
});

export function createReceive({
  redis,
  keysOf,
  clock,
  now,
  sleep,
}: QueueSettings): Pick<Queues, "receive" | "ack" | "extend"> {
  /** Ends early when the signal is aborted. */
  async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const left = Promise.withResolvers<void>();
    const leave = (): void => left.resolve();
    signal?.addEventListener("abort", leave);
    await Promise.race([sleep(ms), left.promise]);
    signal?.removeEventListener("abort", leave);
  }

  return {
    async receive(queue, { max = 1, visibilitySeconds = 30, waitSeconds = 0, signal } = {}) {
      const { places, messages } = keysOf(queue);
      checkCount(max, "max", 1, MOST_MESSAGES);
      checkRange(visibilitySeconds, "visibilitySeconds", 1, MAX_VISIBILITY_SECONDS);
      const until = now() + 1_000 * checkRange(waitSeconds, "waitSeconds", 0, MAX_WAIT_SECONDS);
      const visibleMs = Math.ceil(1_000 * visibilitySeconds);

      for (let apart = FIRST_LOOK_MS; ; apart = Math.min(2 * apart, LOOKS_AT_MOST_APART_MS)) {
        if (signal?.aborted === true) return [];
        const taken = await redis.run<Taken[]>(RECEIVE, [places, messages], [max, visibleMs, clock()]);
        const left = until - now();
        if (taken.length > 0 || left <= 0) return taken.map(messageOf);
        await pause(Math.min(apart, left), signal);
      }
    },

    async ack(queue, receipt) {
      const { places, messages } = keysOf(queue);
      const given = parseReceipt(receipt);
      if (given === null) return { kind: "unknown" };
      const [kind] = await redis.run<["acked" | NotHeld["kind"]]>(
        ACK,
        [places, messages],
        [given.id, given.receive],
      );
      return { kind };
    },

    async extend(queue, receipt, visibilitySeconds) {
      const { places, messages } = keysOf(queue);
      checkRange(visibilitySeconds, "visibilitySeconds", 0, MAX_VISIBILITY_SECONDS);
      const given = parseReceipt(receipt);
      if (given === null) return { kind: "unknown" };
      const answer = await redis.run<["extended", visibleAt: number] | [NotHeld["kind"]]>(
        EXTEND,
        [places, messages],
        [given.id, given.receive, Math.ceil(1_000 * visibilitySeconds), clock()],
      );
      return answer[0] === "extended"
        ? { kind: "extended", visibleAt: new Date(answer[1]) }
        : { kind: answer[0] };
    },
  };
}
