import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startRedis, type TestRedis } from "../../../support/redis.ts";
import { createRig, FAILED, OK, upTo } from "./rig.ts";

let target: TestRedis;
beforeAll(async () => {
  target = await startRedis();
});
afterAll(() => target.close());

const all = { delivered: 0, failed: 0, dead: 0, missed: 0, more: false };

describe("an event", () => {
  test("goes to everybody whose pattern it matches, once", async () => {
    const rig = createRig(target);
    for (const pattern of ["user:*", "user:events", "*", "order:*", "use*"]) await rig.subscribe(pattern);
    const id = await rig.publish("user:events", { name: "Ada" }, "42");

    expect(await rig.run()).toEqual({ ...all, delivered: 4 });
    expect(rig.received.map(({ to }) => to).toSorted()).toEqual(["*", "use*", "user:*", "user:events"]);
    const at = expect.any(String) as string;
    expect(rig.received[0]).toEqual({
      to: expect.any(String) as string,
      event: { id, channel: "user:events", type: null, key: "42", data: { name: "Ada" }, at },
      attempt: 1,
      secrets: [expect.stringContaining("secret of ") as string],
    });
    expect(await rig.run()).toEqual(all);
  });

  test("of a family that did not exist reaches who has been waiting for any, or for that one", async () => {
    const rig = createRig(target);
    await rig.subscribe("*", { name: "any" });
    await rig.subscribe("invoice:*", { name: "invoices" });
    await rig.publish("user:new", 1);
    await rig.drain();
    await rig.publish("invoice:new", 2);
    await rig.publish(":odd", 3);
    await rig.publish("__proto__", 4);
    await rig.publish("constructor:x", 5);
    await rig.drain();
    expect(new Set(rig.dataOf("any"))).toEqual(new Set([1, 2, 3, 4, 5]));
    expect(rig.dataOf("invoices")).toEqual([2]);
    expect(await rig.run()).toEqual(all);
  });

  test("that a subscription's channel is not is passed over, and leaves no lag", async () => {
    const rig = createRig(target);
    const id = await rig.subscribe("user:a");
    await rig.publishAll("user:b", upTo(3));
    await rig.drain();
    expect(rig.received).toEqual([]);
    expect(await rig.subscriptions.get(id)).toMatchObject({ lag: 0, delivered: 0, missed: 0 });
  });
});

describe("a new subscription", () => {
  test("starts at now, at the oldest kept, or behind an id", async () => {
    const rig = createRig(target);
    const ids = await rig.publishAll("user:new", upTo(4));
    await rig.subscribe("user:*", { name: "new" });
    await rig.subscribe("user:*", { name: "oldest", start: "oldest" });
    await rig.subscribe("user:*", { name: "second", start: ids[1] ?? "" });
    await rig.subscribe("*", { name: "any-second", start: ids[1] ?? "" });
    await rig.publish("user:new", 5);
    await rig.drain();
    expect(rig.dataOf("new")).toEqual([5]);
    expect(rig.dataOf("oldest")).toEqual([1, 2, 3, 4, 5]);
    expect(rig.dataOf("second")).toEqual([3, 4, 5]);
    expect(rig.dataOf("any-second")).toEqual([3, 4, 5]);
  });

  test("at the oldest gets what is there without anything being published", async () => {
    const rig = createRig(target);
    await rig.publish("user:new", 1);
    await rig.drain();
    await rig.subscribe("user:*", { name: "late", start: "oldest" });
    await rig.drain();
    expect(rig.dataOf("late")).toEqual([1]);
  });
});

describe("order", () => {
  test("of a key is kept, one at a time; other keys go on beside it", async () => {
    const rig = createRig(target);
    await rig.subscribe("user:*", { name: "it" });
    for (const i of upTo(12)) await rig.publish("user:new", i, i % 2 === 0 ? "even" : "odd");
    const underWay = new Map<string, number>();
    let beside = 0;
    rig.answers(async ({ event }) => {
      const key = event.key ?? "";
      underWay.set(key, (underWay.get(key) ?? 0) + 1);
      expect(underWay.get(key)).toBe(1);
      await Promise.resolve();
      beside = Math.max(
        beside,
        [...underWay.values()].reduce((sum, count) => sum + count, 0),
      );
      underWay.set(key, 0);
      return OK;
    });
    await rig.drain();
    const got = rig.dataOf("it") as number[];
    expect(got.filter((i) => i % 2 === 0)).toEqual([2, 4, 6, 8, 10, 12]);
    expect(got.filter((i) => i % 2 === 1)).toEqual([1, 3, 5, 7, 9, 11]);
    expect(beside).toBe(2);
  });

  test("of events without a key is that of their channel", async () => {
    const rig = createRig(target);
    await rig.subscribe("user:*", { name: "it" });
    await rig.publishAll("user:a", upTo(5));
    await rig.publishAll("user:b", ["x", "y", "z"]);
    await rig.drain();
    const got = rig.dataOf("it");
    expect(got.filter((data) => typeof data === "number")).toEqual([1, 2, 3, 4, 5]);
    expect(got.filter((data) => typeof data === "string")).toEqual(["x", "y", "z"]);
  });
});

/** The most at a time, in all and for one receiver, while receivers take their time. */
async function most(names: readonly string[], failing: readonly string[] = []) {
  const rig = createRig(target);
  for (const name of names) await rig.subscribe("*", { name });
  for (const i of upTo(8)) await rig.publish("user:new", i, `k${i}`);
  rig.answers(({ to }) => (failing.includes(to) ? FAILED : OK));
  if (failing.length > 0) {
    await rig.run();
    rig.clock.advance(20);
  }
  const underWay = new Map<string, number>();
  const seen: Record<string, number> = { all: 0 };
  rig.answers(async ({ to }) => {
    underWay.set(to, (underWay.get(to) ?? 0) + 1);
    seen[to] = Math.max(seen[to] ?? 0, underWay.get(to) ?? 0);
    seen["all"] = Math.max(
      seen["all"] ?? 0,
      [...underWay.values()].reduce((sum, n) => sum + n, 0),
    );
    await new Promise((resolve) => setImmediate(resolve));
    underWay.set(to, (underWay.get(to) ?? 0) - 1);
    return failing.includes(to) ? FAILED : OK;
  });
  await rig.run();
  return seen;
}

describe("deliveries under way", () => {
  test("are five at most, however many receivers there are", async () => {
    expect(await most(upTo(10).map((i) => `r${i}`))).toMatchObject({ all: 5 });
  });

  test("may all be for one receiver while there is no other", async () => {
    expect(await most(["alone"])).toEqual({ all: 5, alone: 5 });
  });

  test("are two at most for one receiver while there are others", async () => {
    const { a, b, c } = await most(["a", "b", "c"]);
    expect([a, b, c]).toEqual([2, 2, 2]);
  });

  test("are two at most for all together whose last attempt has failed", async () => {
    expect(await most(["a", "b", "c"], ["a", "b", "c"])).toMatchObject({ all: 2 });
  });
});

test("a receiver that never answers holds up nobody else", async () => {
  const rig = createRig(target);
  const hanging = await rig.subscribe("*", { name: "hangs" });
  for (const i of upTo(4)) await rig.subscribe("*", { name: `good${i}` });
  for (const i of upTo(5)) await rig.publish("user:new", i, `k${i}`);
  let good = 0;
  const goodWereDone = Promise.withResolvers<void>();
  rig.answers(({ to }) => {
    if (to === "hangs") return new Promise(() => undefined);
    good += 1;
    if (good === 20) goodWereDone.resolve();
    return OK;
  });
  const run = rig.run({ deliveryTimeoutMs: 1_500 });
  const before = Date.now();
  await goodWereDone.promise;
  expect(Date.now() - before).toBeLessThan(1_500);
  await run;
  const attempts = await rig.subscriptions.deliveries(hanging);
  expect(attempts?.items[0]).toMatchObject({ status: null, error: "no answer within 1.5 s" });
});

describe("a subscriber in code", () => {
  test("gets what was published since its time, and its failures come again", async () => {
    const rig = createRig(target);
    await rig.publish("user:new", "before");
    const got: [unknown, string | null][] = [];
    let fails = true;
    rig.subscribers.push({
      name: "welcome",
      pattern: "user:*",
      since: "2020-01-01T00:00:00Z",
      handle: (event) => {
        if (fails) throw new TypeError("the secret reason");
        got.push([event.data, event.key]);
      },
    });
    rig.subscribers.push({ name: "later", pattern: "*", since: "2999-01-01", handle: () => undefined });
    await rig.publish("user:new", "after", "k");
    expect(await rig.run()).toEqual({ ...all, failed: 2 });
    const attempts = await rig.subscriptions.deliveries("welcome");
    expect(attempts?.items).toHaveLength(2);
    expect(attempts?.items[0]?.error).toBe("the delivery failed (TypeError)");
    expect(rig.notices).toContainEqual(expect.objectContaining({ type: "threw", subscription: "welcome" }));

    fails = false;
    rig.clock.advance(3);
    expect(await rig.run()).toEqual({ ...all, delivered: 2 });
    expect(new Map(got)).toEqual(
      new Map([
        ["before", null],
        ["after", "k"],
      ]),
    );
    expect(await rig.subscriptions.get("later")).toMatchObject({ delivered: 0 });
  });

  test("that another version of the Worker has is left to it, and asked for once an hour", async () => {
    const rig = createRig(target);
    const handled: unknown[] = [];
    const subscriber = {
      name: "newer",
      pattern: "*",
      since: "2020-01-01",
      handle: ({ data }: { data: unknown }) => {
        handled.push(data);
        if (handled.length === 1) throw new Error("fails");
      },
    };
    await rig.publish("a", 1);
    await rig.run({ subscribers: [subscriber] });
    rig.clock.advance(5);
    expect(await rig.run()).toEqual(all);
    expect(await rig.run({ subscribers: [subscriber] })).toEqual(all);
    rig.clock.advance(3_600);
    await rig.run({ subscribers: [subscriber] });
    expect(handled).toEqual([1, 1]);
  });

  test("that an older version beside this one does not know gets within the hour what that took for done", async () => {
    const rig = createRig(target);
    const handled: unknown[] = [];
    const handle = ({ data }: { data: unknown }) => void handled.push(data);
    const newer = { subscribers: [{ name: "newer", pattern: "*", since: "2020-01-01", handle }] };
    await rig.publish("a", 1);
    await rig.run();
    rig.clock.advance(3_599);
    await rig.run(newer);
    expect(handled).toEqual([]);
    rig.clock.advance(1);
    await rig.run(newer);
    expect(handled).toEqual([1]);
  });
});
