// Sending: one script for all messages of a call.

import { sha256Hex } from "../../digest.ts";
import { MAX_BODIES_BYTES } from "./receive-lua.ts";
import { SEND } from "./send-lua.ts";
import { checkCount, checkRange, type QueueSettings } from "./settings.ts";
import type { NewMessage, Queues } from "./types.ts";

const MOST_MESSAGES = 100;
export const MAX_BODY_BYTES = 262_144;
const MAX_DELAY_SECONDS = 604_800;

/** Half of a surrogate pair has no UTF-8: two ids would be one. */
const DEDUP_ID = /^[^\p{Cs}]{1,128}$/u;

/** A message's body has more than 256 KiB as JSON, or those of one call have more than 1 MiB together. */
export class MessageTooLargeError extends Error {
  override readonly name = "MessageTooLargeError";
  constructor() {
    super(
      `a message's body has at most ${MAX_BODY_BYTES} bytes as JSON, and those of one call ${MAX_BODIES_BYTES} together`,
    );
  }
}

/** @throws TypeError where a body has no JSON; MessageTooLargeError */
function textsOf(messages: readonly NewMessage[]): string[] {
  let together = 0;
  return messages.map(({ body }) => {
    const text = JSON.stringify(body) as string | undefined;
    if (text === undefined) throw new TypeError("a message's body must be a JSON value");
    const bytes = new TextEncoder().encode(text).length;
    together += bytes;
    if (bytes > MAX_BODY_BYTES || together > MAX_BODIES_BYTES) throw new MessageTooLargeError();
    return text;
  });
}

type Reply = ["sent", repeated: 0 | 1, ...ids: string[]] | ["other-request"];

export function createSend({ redis, keysOf, clock }: QueueSettings): Pick<Queues, "send"> {
  return {
    async send(queue, messages, { idempotencyKey, request = "" } = {}) {
      const { places, messages: records, dedup, sent } = keysOf(queue);
      checkCount(messages.length, "the number of messages", 1, MOST_MESSAGES);
      const texts = textsOf(messages);
      const args = messages.flatMap(({ delaySeconds = 0, dedupId }, i) => {
        if (dedupId !== undefined && !DEDUP_ID.test(dedupId)) {
          throw new RangeError("dedupId must be 1 to 128 characters");
        }
        const delayMs = Math.ceil(1_000 * checkRange(delaySeconds, "delaySeconds", 0, MAX_DELAY_SECONDS));
        return [texts[i] ?? "", delayMs, dedupId ?? ""];
      });
      const keys = [places, records, ...dedup];
      if (idempotencyKey !== undefined) keys.push(sent(await sha256Hex(idempotencyKey)));

      const deduplicates = messages.some(({ dedupId }) => dedupId !== undefined);
      const commands = 5 + (deduplicates ? 5 : 0) + (idempotencyKey === undefined ? 0 : 2);
      const [kind, repeated, ...ids] = await redis.run<Reply>({ ...SEND, commands }, keys, [
        request,
        ...args,
        clock(),
      ]);
      return kind === "sent" ? { kind, ids, repeated: repeated === 1 } : { kind };
    },
  };
}
