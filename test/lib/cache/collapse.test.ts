import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createClock, createGate, openIsolate } from "../../support/cache.ts";
import { startRedis, type TestRedis } from "../../support/redis.ts";

let target: TestRedis;
beforeAll(async () => {
  target = await startRedis();
});
afterAll(() => target.close());

describe("one loader per key", () => {
  test("50 isolates on one cold key ask the origin once, and one of them says it has stored", async () => {
    let loads = 0;
    const gate = createGate();
    const load = async () => {
      loads += 1;
      await gate.opened;
      return { loads };
    };
    const isolates = Array.from({ length: 50 }, () => openIsolate(target, { waitMs: 60_000 }));
    const reads = Promise.all(isolates.map(({ cache }) => cache.load("cold", load, { tags: ["t"] })));
    await expect.poll(() => isolates.every(({ redis }) => redis.meter.trips >= 2)).toBe(true);
    gate.open();
    const results = await reads;
    expect(loads).toBe(1);
    expect(results.every(({ value }) => value.loads === 1)).toBe(true);
    const stored = results.filter(({ status }) => status.kind === "miss" && status.stored);
    const waited = results.filter(({ status }) => status.kind === "miss" && status.collapsed);
    expect([stored.length, waited.length]).toEqual([1, 49]);
  });

  test("50 isolates on an entry under an invalidated tag ask the origin once", async () => {
    const isolates = Array.from({ length: 50 }, () => openIsolate(target, { waitMs: 60_000 }));
    await isolates[0]?.cache.load("tagged", async () => "old", { tags: ["u"] });
    await isolates[0]?.cache.invalidateTags("u");
    let loads = 0;
    const values = await Promise.all(
      isolates.map(({ cache }) =>
        cache.load("tagged", async () => `new ${(loads += 1)}`, { tags: ["u"] }).then(({ value }) => value),
      ),
    );
    expect(new Set(values)).toEqual(new Set(["new 1"]));
  });

  test("a reader that has waited long enough asks the origin itself, and stores nothing", async () => {
    const clock = createClock();
    const slow = openIsolate(target);
    const gate = createGate<string>();
    let asked = false;
    const first = slow.cache.load("slow", () => {
      asked = true;
      return gate.opened;
    });
    await expect.poll(() => asked).toBe(true);

    const sleep = async (ms: number) => clock.advance(ms / 1_000);
    const hasty = openIsolate(target, { now: clock.now, sleep, waitMs: 1_000 });
    expect(await hasty.cache.load("slow", async () => "mine")).toEqual({
      value: "mine",
      status: { kind: "miss", stored: false, collapsed: false },
    });
    // Looks get rarer: 15 ms, then 1.6 times as long each, at most 250 ms.
    expect(hasty.redis.meter.trips).toBeLessThanOrEqual(13);
    gate.open("theirs");
    expect(await first).toMatchObject({ value: "theirs", status: { stored: true } });
  });

  test("a load goes on behind the answer where its caller has left, for others wait for it", async () => {
    const isolate = openIsolate(target);
    const gate = createGate<string>();
    let asked = false;
    void isolate.cache.load("left", () => {
      asked = true;
      return gate.opened;
    });
    await expect.poll(() => asked).toBe(true);
    const behind = isolate.settled();
    const meanwhile = openIsolate(target).cache.get("left");
    expect(await Promise.race([behind, meanwhile.then(() => "still loading")])).toBe("still loading");
    gate.open("value");
    await behind;
    expect(await isolate.cache.get("left")).toBe("value");
  });

  test("a loader that was killed is replaced when its lease ends, and stores nothing if it comes back", async () => {
    const gate = createGate<string>();
    const dead = openIsolate(target, { leaseSeconds: 0.05 });
    let asked = false;
    const late = dead.cache.load("killed", () => {
      asked = true;
      return gate.opened;
    });
    await expect.poll(() => asked).toBe(true);
    const next = openIsolate(target, { waitMs: 60_000 });
    expect(await next.cache.load("killed", async () => "next")).toMatchObject({
      value: "next",
      status: { stored: true },
    });
    gate.open("late");
    expect(await late).toEqual({ value: "late", status: { kind: "miss", stored: false, collapsed: false } });
    expect(await next.cache.get("killed")).toBe("next");
  });

  test("when the loader fails, those who wait take their turn: one asks, the others have its answer", async () => {
    const isolates = Array.from({ length: 10 }, () => openIsolate(target, { waitMs: 60_000 }));
    let loads = 0;
    const results = await Promise.allSettled(
      isolates.map(({ cache }) =>
        cache.load("flaky", async () => {
          loads += 1;
          if (loads === 1) throw new Error("the first fails");
          return loads;
        }),
      ),
    );
    expect(results.filter(({ status }) => status === "rejected")).toHaveLength(1);
    expect(loads).toBe(2);
  });

  test("an entry about to expire stays while it is loaded anew: a scan for a pattern must meet it", async () => {
    const clock = createClock();
    const isolate = openIsolate(target, { now: clock.now, staleIfErrorSeconds: 60, leaseSeconds: 30 });
    await isolate.cache.load("expiring", async () => "old");
    clock.advance(301);
    const entry = `${target.prefix}:cache:{expiring}`;
    await isolate.redis.send((p) => p.pexpire(entry, 5_000));
    const gate = createGate<string>();
    let asked = false;
    const read = isolate.cache.load("expiring", () => {
      asked = true;
      return gate.opened;
    });
    await expect.poll(() => asked).toBe(true);
    expect(await isolate.redis.send<number>((p) => p.pttl(entry))).toBeGreaterThan(25_000);
    gate.open("new");
    await read;
  });
});
