// Task queues: each message is handed to one consumer at a time, until one says that it is done.

import { createDead } from "./dead.ts";
import { createMetrics } from "./metrics.ts";
import { createReceive } from "./receive.ts";
import { createSend } from "./send.ts";
import { checkCount, queueSettings } from "./settings.ts";
import type { Queues, QueuesOptions } from "./types.ts";

const MOST_ATTEMPTS = 100;

/**
 * Queues in Redis, as SQS and PGMQ have them: at least once, in the order sent where nothing is redelivered.
 *
 * A message that is received is hidden for its visibility, and handed out again when that ends without an ack. Each receive
 * gives a receipt of its own, and an earlier one does nothing any more. One clock, Redis's own, decides all of it; whatever is
 * due by it is so at the next look of anybody, so nothing has to run for a delay to end.
 *
 * Make one per request, from that request's `redis`: it is cheap.
 *
 * @throws InvalidNameError for a prefix that is none
 */
export function createQueues(options: QueuesOptions): Queues {
  const settings = queueSettings(options);
  const { redis, keysOf } = settings;

  return {
    ...createSend(settings),
    ...createReceive(settings),
    ...createMetrics(settings),
    ...createDead(settings),

    async configure(queue, { maxAttempts }) {
      const { messages } = keysOf(queue);
      checkCount(maxAttempts, "maxAttempts", 1, MOST_ATTEMPTS);
      await redis.send((pipeline) => pipeline.hset(messages, { maxAttempts }));
    },
  };
}
