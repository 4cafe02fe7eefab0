// A backlog, worked off by many runs of a dispatcher with a budget each, while things go wrong.

import { afterAll, beforeAll, expect, test } from "vitest";
import { workOff } from "../../../../scripts/faults/backlog.ts";
import { tellFailure } from "../../../../scripts/faults/tell.ts";
import { startRedis, type TestRedis } from "../../../support/redis.ts";

let target: TestRedis;
beforeAll(async () => {
  target = await startRedis();
});
afterAll(() => target.close());

// The embedded engine copies a whole log for each event that is added: large ones are for a Redis.
const size = process.env["REDIS_URL"]
  ? { events: 100_000, subrequests: 1_000 }
  : { events: 1_000, subrequests: 50 };

test(
  `${size.events} events, ${size.subrequests} subrequests a run: all are delivered, once but for what was in flight, beside a receiver that never answers well`,
  { timeout: 600_000 },
  async () => {
    const outcome = await workOff({ engine: target.engine, prefix: `${target.prefix}backlog`, ...size });
    expect(tellFailure(outcome)).toBe("");
    const [well, failing] = outcome.books.accounts;
    expect(well).toMatchObject({ delivered: size.events, missed: 0, pending: [], unread: [] });
    // It has 10,000 pending at most; for the rest the log waits.
    expect(failing?.pending.length).toBeLessThanOrEqual(10_000);
    expect((failing?.pending.length ?? 0) + (failing?.unread.length ?? 0)).toBe(size.events);
    expect(outcome.repeats).toBeLessThanOrEqual(50);
  },
);
