// Dead messages: listed, made ready again, deleted.

import type { Script } from "../../redis/index.ts";
import { DEAD, PURGE, REDRIVE, SWEEP } from "./dead-lua.ts";
import { deadCursorOf, enqueuedAt, parseDeadCursor } from "./receipt.ts";
import { checkCount, type QueueSettings } from "./settings.ts";
import type { Queues } from "./types.ts";

const MOST_MESSAGES = 100;
/** Runs of one trip: Redis is busy with them for some 30 ms. */
const RUNS_A_TRIP = 10;

type Dead = readonly [id: string, deadAt: number, attempts: number, body: string];
type Swept = readonly [swept: number, left: number, till: number];

export function createDead({
  redis,
  keysOf,
  clock,
}: QueueSettings): Pick<Queues, "dead" | "redrive" | "purge"> {
  /** Runs a script until it has come to all that were dead in its first run, whatever dies meanwhile. */
  async function sweep(script: Script, queue: string): Promise<number> {
    const { places, messages } = keysOf(queue);
    const run = (till: number | "") => redis.run<Swept>(script, [places, messages], [till, clock()]);
    let [swept, left, till] = await run("");
    while (left > 0) {
      const runs = Math.min(Math.ceil(left / SWEEP), RUNS_A_TRIP);
      const replies = await Promise.all(Array.from({ length: runs }, () => run(till)));
      swept += replies.reduce((sum, [count]) => sum + count, 0);
      left = replies.at(-1)?.[1] ?? 0;
    }
    return swept;
  }

  return {
    async dead(queue, { limit = MOST_MESSAGES, cursor } = {}) {
      const { places, messages } = keysOf(queue);
      checkCount(limit, "limit", 1, MOST_MESSAGES);
      const behind = cursor === undefined ? { deadAt: 0, id: "" } : parseDeadCursor(cursor);
      if (behind === null) throw new RangeError("cursor must be the `next` of another page");
      const [more, ...found] = await redis.run<[0 | 1, ...Dead[]]>(
        DEAD,
        [places, messages],
        [behind.deadAt, behind.id, limit, clock()],
      );
      const [id = "", deadAt = 0] = found.at(-1) ?? [];
      return {
        items: found.map(([messageId, since, attempts, body]) => ({
          id: messageId,
          body: JSON.parse(body) as unknown,
          attempts,
          enqueuedAt: enqueuedAt(messageId),
          deadAt: new Date(since),
        })),
        next: more === 1 ? deadCursorOf({ deadAt, id }) : null,
      };
    },

    redrive: (queue) => sweep(REDRIVE, queue),
    purge: (queue) => sweep(PURGE, queue),
  };
}
