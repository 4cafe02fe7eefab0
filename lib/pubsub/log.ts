// The log: what is published, and how it is read again.

import { createPubSubKeys } from "./keys.ts";
import { publish } from "./publish.ts";
import { endOf, read } from "./read.ts";
import { trim } from "./retention.ts";
import type { EventLog, EventLogOptions } from "./types.ts";

/**
 * Events in Redis: a stream for each family of channels, read from whatever position its reader is at.
 *
 * Make one per request, from that request's `redis`: it is cheap.
 *
 * @throws InvalidNameError for a prefix that is none
 */
export function createEventLog<Data = unknown>({
  redis,
  prefix = "sedge",
  maxEvents = 100_000,
  now = Date.now,
}: EventLogOptions): EventLog<Data> {
  const keys = createPubSubKeys(prefix);
  const context = { redis, keys, maxEvents, now };
  return {
    publish: (channel, data, options) => publish(context, channel, data, options),
    read: (pattern, options) => read<Data>(context, pattern, options),
    end: () => endOf(context),
    trim: (options) => trim(context, options),
  };
}
