import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../../../support/redis.ts";
import { openRedis } from "../open.ts";
import { checkDeliveries } from "./check.ts";
import { createRig, FAILED, OK, upTo } from "./rig.ts";

let target: TestRedis;
let proxy: FaultProxy;
beforeAll(async () => {
  target = await startRedis();
  proxy = await startFaultProxy(target.url);
});
afterAll(async () => {
  await proxy.close();
  await target.close();
});

describe("a run", () => {
  test("with nothing to do costs one request of one command, and two commands in all", async () => {
    const rig = createRig(target);
    await rig.subscribe("*", { name: "it" });
    await rig.publish("x", 1);
    await rig.drain();
    proxy.reset();
    const isolate = openRedis({ ...target, url: proxy.url });
    expect(await rig.run({}, isolate)).toMatchObject({ more: false });
    expect(proxy.seen).toHaveLength(1);
    expect(proxy.commands).toBe(1);
  });

  test("waits for Redis twice before its first delivery, three times where retries are due", async () => {
    const rig = createRig(target);
    await rig.subscribe("*", { name: "it" });
    await rig.publish("x", 1, "k");
    const seen: number[] = [];
    rig.answers(() => {
      seen.push(proxy.seen.length);
      return seen.length === 1 ? FAILED : OK;
    });
    for (const seconds of [0, 2]) {
      rig.clock.advance(seconds);
      proxy.reset();
      await rig.run({}, openRedis({ ...target, url: proxy.url }));
    }
    expect(seen).toEqual([2, 3]);
  });

  test(
    "of 50 subrequests makes no more; the rest goes on in the next, until all is there in order",
    { timeout: 60_000 },
    async () => {
      const rig = createRig(target);
      const names = upTo(10).map((i) => `r${i}`);
      for (const name of names) await rig.subscribe("*", { name });
      const ids: string[] = [];
      for (const i of upTo(100))
        ids.push(await rig.publish("user:new", i, i % 3 === 0 ? undefined : `k${i % 7}`));

      let runs = 0;
      for (let more = true; more; runs += 1) {
        const before = rig.received.length;
        proxy.reset();
        const isolate = openRedis({ ...target, url: proxy.url });
        const random = () => (runs * 0.37) % 1;
        ({ more } = await rig.run({ subrequests: 50, random }, isolate));
        const made = proxy.requests + rig.received.length - before;
        expect(made).toBeLessThanOrEqual(50);
      }
      // 34 deliveries or more in each but the last.
      expect(runs).toBeLessThanOrEqual(30);
      expect(checkDeliveries(rig.received, new Map(names.map((name) => [name, ids])))).toBe(0);
      // Who got nothing in one run is first in the next: nobody is ever far ahead.
      const place = new Map(names.map((name) => [name, 0]));
      for (const { to } of rig.received) {
        place.set(to, (place.get(to) ?? 0) + 1);
        const places = [...place.values()];
        expect(Math.max(...places) - Math.min(...places)).toBeLessThanOrEqual(12);
      }
    },
  );

  test("that may make too few requests to deliver anything makes none, and says that more is to do", async () => {
    const rig = createRig(target);
    await rig.subscribe("*", { name: "it" });
    await rig.publish("x", 1);
    proxy.reset();
    const isolate = openRedis({ ...target, url: proxy.url });
    expect(await rig.run({ subrequests: 7 }, isolate)).toMatchObject({ delivered: 0, more: true });
    expect(proxy.requests).toBe(0);
    expect(await rig.run()).toMatchObject({ delivered: 1 });
  });

  test("counts what a delivery may cost", async () => {
    const rig = createRig(target);
    await rig.subscribe("*", { name: "it" });
    for (const i of upTo(40)) await rig.publish("x", i, `k${i}`);
    proxy.reset();
    const isolate = openRedis({ ...target, url: proxy.url });
    let others = 0;
    rig.answers(async ({ event }) => {
      await new Promise((resolve) => setImmediate(resolve));
      if (Number(event.data) % 2 === 0) others += 2;
      return OK;
    });
    const otherSubrequests = () => others;
    await rig.run({ subrequests: 50, subrequestsPerDelivery: 3, otherSubrequests }, isolate);
    const made = proxy.requests + rig.received.length + others;
    expect(made).toBeLessThanOrEqual(50);
    expect(made).toBeGreaterThanOrEqual(42);
  });

  test("begins nothing after its time; the rest goes on in the next", async () => {
    const rig = createRig(target);
    await rig.subscribe("*", { name: "it" });
    await rig.publishAll("x", upTo(10), "k");
    rig.answers(() => {
      rig.clock.advance(5);
      return OK;
    });
    expect(await rig.run({ untilMs: rig.clock.now() + 12_000 })).toMatchObject({ delivered: 3, more: true });
    expect(await rig.run({ untilMs: rig.clock.now() })).toMatchObject({ delivered: 0, more: true });
    await rig.drain();
    expect(rig.dataOf("it")).toEqual(upTo(10));
  });

  test("that cannot be is refused", () => {
    const rig = createRig(target);
    expect(() => rig.run({ leaseMs: 10_000 })).toThrow(RangeError);
    const subscriber = { name: "a", pattern: "*", since: "2020-01-01", handle: () => undefined };
    expect(() => rig.run({ subscribers: [subscriber, subscriber] })).toThrow(RangeError);
    expect(() => rig.run({ subscribers: [{ ...subscriber, since: "once" }] })).toThrow(RangeError);
    expect(() => rig.run({ subscribers: [{ ...subscriber, name: "{a}" }] })).toThrow(/name must be/);
  });
});

describe("a backlog", () => {
  test("of one subscription holds up no other", async () => {
    const rig = createRig(target);
    await Promise.all(upTo(400).map((i) => rig.publish("x", i, `k${i % 20}`)));
    await rig.subscribe("*", { name: "late", start: "oldest" });
    await rig.subscribe("*", { name: "current" });
    await rig.publish("x", 401);
    await rig.run({ subrequests: 50 });
    expect(rig.dataOf("current")).toEqual([401]);
    await rig.drain({ subrequests: 50 });
    expect(new Set(rig.dataOf("late"))).toEqual(new Set(upTo(401)));
    expect(rig.dataOf("late")).toHaveLength(401);
  });

  test("of many families is gone through", async () => {
    const rig = createRig(target);
    await rig.subscribe("*", { name: "it" });
    await Promise.all(upTo(60).flatMap((i) => [rig.publish(`f${i}:a`, i), rig.publish(`f${i}:b`, -i)]));
    await rig.drain();
    expect(new Set(rig.dataOf("it"))).toEqual(new Set(upTo(60).flatMap((i) => [i, -i])));
    expect(rig.received).toHaveLength(120);
  });

  test("of the largest events is read a few at a time", async () => {
    const rig = createRig(target);
    await rig.subscribe("*", { name: "it" });
    const large = "x".repeat(262_000);
    await rig.publishAll(
      "x",
      upTo(12).map((i) => [i, large]),
      "k",
    );
    // Two fail, and are read again from where they wait.
    rig.answers(({ attempt, event }) => ((event.data as [number])[0] === 3 && attempt === 1 ? FAILED : OK));
    await rig.drain();
    rig.clock.advance(3);
    await rig.drain();
    expect(rig.dataOf("it").map((data) => (data as [number])[0])).toEqual([1, 2, 3, 3, ...upTo(12).slice(3)]);
  });
});
