// Events as they come, for those who watch.

import { createPubSubKeys } from "../keys.ts";
import type { EventPage } from "../types.ts";
import { systemTimer } from "./bell.ts";
import type { Live, LiveOptions } from "./types.ts";
import { view } from "./viewer.ts";

const MINUTE_MS = 60_000;

/**
 * Live views of the log. Make one per request, from that request's `redis` and the log that reads by it: it is cheap.
 *
 * @throws InvalidNameError for a prefix that is none
 */
export function createLive<Data = unknown>({
  prefix = "sedge",
  subrequests = 50,
  lastsMs = 15 * MINUTE_MS,
  heartbeatMs = 15_000,
  awayMs = 30_000,
  on = () => undefined,
  now = Date.now,
  timer = systemTimer,
  ...rest
}: LiveOptions<Data>): Live<Data> {
  const keys = createPubSubKeys(prefix);
  const settings = { ...rest, subrequests, lastsMs, heartbeatMs, awayMs, on, now, timer, keys };

  return {
    async open(pattern, { after, signal, onOver = () => undefined }) {
      // Before anything is shown: a Redis that is away is an error here, and later it is not.
      const first: EventPage<Data> =
        after === undefined
          ? { events: [], next: null, position: await rest.log.end(), gap: null }
          : await rest.log.read(pattern, { after });
      return view({ ...settings, pattern, signal, onOver, first, start: after ?? first.position });
    },
  };
}
