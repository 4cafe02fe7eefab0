// What could grow without end, or stay for ever.

import { afterAll, beforeAll, expect, test } from "vitest";
import { inOrder } from "../../../../lib/pubsub/dispatch/lanes.ts";
import { startRedis, type TestRedis } from "../../../support/redis.ts";
import { ask, openRedis } from "../open.ts";
import { createRig, FAILED, OK, upTo } from "./rig.ts";

let target: TestRedis;
beforeAll(async () => {
  target = await startRedis();
});
afterAll(() => target.close());

const pending = (id: string) => ({
  event: { id, channel: "x", key: "k", type: null, data: null, at: "" },
  attempts: 0,
  lastStatus: null,
});
const nobody = () => undefined;

test(
  "large events that wait for a retry are written down a few at a time, and hold up nobody",
  { timeout: 60_000 },
  async () => {
    const rig = createRig(target);
    const names = upTo(6).map((i) => `bad${i}`);
    for (const name of names) await rig.subscribe("x:*", { name });
    await rig.subscribe("x:*", { name: "good" });
    rig.answers(({ to }) => (to === "good" ? OK : FAILED));
    await rig.publish("x:1", 0, "k");
    await rig.drain();
    const large = upTo(12).map((i) => `${i} ${"x".repeat(200_000)}`);
    await rig.publishAll("x:1", large, "k");

    let most = 0;
    let together = 0;
    const redis = openRedis(target);
    const run: typeof redis.run = async (script, keys, args) => {
      if (script.name === "dispatch-commit") {
        // What is sent in one tick is one request.
        if (together === 0) setImmediate(() => (together = 0));
        together += args.join("").length;
        most = Math.max(most, together);
      }
      return redis.run(script, keys, args);
    };
    for (let runs = 0; runs < 100 && (await rig.run({}, { ...redis, run })).more; runs += 1);
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThan(3_000_000);
    expect(rig.dataOf("good")).toEqual([0, ...large]);

    rig.answers(() => OK);
    rig.clock.advance(3_600);
    await rig.drain();
    for (const name of names) {
      const got = rig.dataOf(name).filter((data) => data !== 0);
      expect(got).toEqual(large);
    }
  },
);

test("what was deleted while it was put on the agenda goes from it", async () => {
  const rig = createRig(target);
  const key = `${rig.prefix}:{pubsub}:agenda`;
  await ask(target.engine, "ZADD", key, String(rig.clock.now()), "gone");
  await rig.run();
  expect(await ask(target.engine, "ZSCORE", key, "gone")).toBeNull();
});

test("events without a lane come oldest first, however their ids are written", () => {
  const ids = inOrder([pending("1-10"), pending("1-9"), pending("1-2")], new Map()).map(
    ({ event }) => event.id,
  );
  expect(ids).toEqual(["1-2", "1-9", "1-10"]);
});

test("families with nothing left to trim take no place of those that have", { timeout: 30_000 }, async () => {
  const rig = createRig(target);
  for (const i of upTo(120)) await rig.publish(`a${i}:x`, i);
  rig.clock.advance(30 * 86_400);
  expect((await rig.log.trim({ seen: nobody })).events).toBe(100);
  expect(await rig.log.trim({ seen: nobody })).toEqual({ events: 20, next: null });
  expect(await rig.log.trim({ seen: nobody })).toEqual({ events: 0, next: null });
});
