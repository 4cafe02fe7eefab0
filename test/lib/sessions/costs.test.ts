import { afterAll, beforeAll, expect, test } from "vitest";
import type { Opened } from "../../../lib/sessions/index.ts";
import { SESSION_COSTS } from "../../costs/sessions.ts";
import { createClock } from "../../support/cache.ts";
import { createCommandCount, type CommandCount } from "../../support/command-count.ts";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../../support/redis.ts";
import { openSessions } from "../../support/sessions.ts";

let target: TestRedis;
let proxy: FaultProxy;
let count: CommandCount;
beforeAll(async () => {
  target = await startRedis();
  proxy = await startFaultProxy(target.url);
  count = await createCommandCount(target);
});
afterAll(async () => {
  count.close();
  await proxy.close();
  await target.close();
});

const NOTHING = { token: "" } as Opened;

test.each(SESSION_COSTS)("$operation costs no more than it states", async (row) => {
  const clock = createClock();
  const open = (keys: string) =>
    openSessions(
      { ...target, url: proxy.url, prefix: `${target.prefix}${row.operation.length}${row.trips}${keys}` },
      { now: clock.now },
    );
  // Once before on other keys, for the scripts, which Redis may not know yet.
  const warm = open("warm");
  const warmed = (await row.before?.(warm.sessions)) ?? NOTHING;
  const opened = (await row.before?.(open("real").sessions)) ?? NOTHING;
  clock.advance(row.laterSeconds ?? 0);
  await row.run(warm.sessions, warmed);
  await warm.settled();

  const isolate = open("real");
  proxy.reset();
  const commands = await count.during(async () => {
    await row.run(isolate.sessions, opened);
    await isolate.settled();
  });
  const { meter } = isolate.redis;
  expect(meter.trips).toBeLessThanOrEqual(row.trips);
  expect(proxy.requests).toBe(meter.trips);
  expect(commands).toBeLessThanOrEqual(row.commands);
  expect(meter.commands).toBeGreaterThanOrEqual(commands);
  expect(meter.commands).toBeLessThanOrEqual(row.commands);
});
