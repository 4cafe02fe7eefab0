import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSubscriptions } from "../../../../lib/pubsub/index.ts";
import { definitionText, NO_PROGRESS, progressText } from "../../../../lib/pubsub/subscriptions/records.ts";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../../../support/redis.ts";
import { createRig, FAILED, upTo, urlOf, type Rig } from "../dispatch/rig.ts";
import { openRedis } from "../open.ts";

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

/** A hash of 1,000 subscriptions. */
const fields = (textOf: (i: number) => string) =>
  Object.fromEntries(upTo(1_000).map((i) => [`s${i}`, textOf(i)]));

const webhook = { url: urlOf("it"), secret: "s" };
const none = { lag: 0, delivered: 0, failed: 0, dead: 0, missed: 0, lastDeliveryAt: null };

describe("a subscription", () => {
  test("is made, found and listed, those in code first, then the oldest first", async () => {
    const rig = createRig(target);
    rig.subscribers.push({
      name: "welcome",
      pattern: "user:*",
      since: "2026-11-01",
      handle: () => undefined,
    });
    const createdAt = new Date(rig.clock.now()).toISOString();
    const first = await rig.subscriptions.create({ pattern: "user:*", ...webhook });
    rig.clock.advance(1);
    const second = await rig.subscriptions.create({ pattern: "*", ...webhook });
    if (first.kind !== "created" || second.kind !== "created") throw new Error("not made");
    const { id } = first.subscription;
    expect(id).toMatch(/^[\w-]{16}$/);
    expect(first.subscription).toEqual({
      id,
      pattern: "user:*",
      url: webhook.url,
      status: "active",
      createdAt,
    });
    expect(await rig.subscriptions.get(id)).toEqual({ ...first.subscription, ...none });
    const welcome = {
      id: "welcome",
      pattern: "user:*",
      url: null,
      status: "active",
      createdAt: "2026-11-01T00:00:00.000Z",
      ...none,
    };
    expect(await rig.subscriptions.get("welcome")).toEqual(welcome);
    expect(await rig.subscriptions.list()).toEqual({
      items: [welcome, { ...first.subscription, ...none }, { ...second.subscription, ...none }],
      next: null,
    });
  });

  test("is listed in pages", async () => {
    const rig = createRig(target);
    rig.subscribers.push({ name: "code", pattern: "*", since: "2026-11-01", handle: () => undefined });
    for (const i of upTo(6)) {
      await rig.subscribe(`x:${i}`);
      rig.clock.advance(1);
    }
    const patterns: string[] = [];
    let cursor: string | undefined;
    for (let page = 1; page <= 4; page += 1) {
      const { items, next } = await rig.subscriptions.list({ cursor, limit: 2 });
      patterns.push(...items.map(({ pattern }) => pattern));
      expect(next === null).toBe(page === 4);
      cursor = next ?? undefined;
    }
    expect(patterns).toEqual(["*", "x:1", "x:2", "x:3", "x:4", "x:5", "x:6"]);
    await expect(rig.subscriptions.list({ limit: 101 })).rejects.toThrow(RangeError);
  });

  test("that is none is said to be missing, by every call", async () => {
    const { subscriptions } = createRig(target);
    expect(await subscriptions.get("none")).toBeNull();
    expect(await subscriptions.update("none", { status: "paused" })).toEqual({ kind: "missing" });
    expect(await subscriptions.remove("none")).toBe("missing");
    expect(await subscriptions.deliveries("none")).toBeNull();
    expect(await subscriptions.dead("none")).toBeNull();
    expect(await subscriptions.replay("none")).toBeNull();
  });

  test("in code is not changed or removed by a call; its letters may be replayed", async () => {
    const rig = createRig(target);
    rig.subscribers.push({ name: "code", pattern: "*", since: "2026-11-01", handle: () => undefined });
    expect(await rig.subscriptions.update("code", { status: "paused" })).toEqual({ kind: "in-code" });
    expect(await rig.subscriptions.remove("code")).toBe("in-code");
    expect(await rig.subscriptions.replay("code")).toBe(0);
    expect(await rig.subscriptions.deliveries("code")).toEqual({ items: [], next: null });
  });

  test("of a pattern or a start that is none is not made; a name that is none is nobody's", async () => {
    const { subscriptions } = createRig(target);
    const bad = { name: "InvalidNameError" };
    await expect(subscriptions.create({ pattern: "a b", ...webhook })).rejects.toMatchObject(bad);
    await expect(subscriptions.create({ pattern: "a", start: "later", ...webhook })).rejects.toThrow(
      RangeError,
    );
    await expect(subscriptions.get("{a}")).rejects.toMatchObject(bad);
    await expect(subscriptions.remove("")).rejects.toMatchObject(bad);
    expect(await subscriptions.list()).toEqual({ items: [], next: null });
  });

  test("that would be the 1,001st is not made; when another is removed, it is, and all are served", async () => {
    const rig = createRig(target);
    const secrets = [{ secret: "s", until: null }];
    const times = { since: "0", createdAt: 0, activeSince: 0 };
    const texts = {
      subscriptions: fields((i) =>
        definitionText({ status: "active", pattern: `x:${i}`, url: urlOf("it"), secrets, ...times }),
      ),
      progress: fields(() => progressText(NO_PROGRESS)),
      leases: fields(() => "new 0"),
    };
    for (const [key, values] of Object.entries(texts)) {
      await rig.redis.send((pipeline) => pipeline.hset(`${rig.prefix}:{pubsub}:${key}`, values));
    }
    expect(await rig.subscriptions.create({ pattern: "*", ...webhook })).toEqual({ kind: "too-many" });
    expect(await rig.subscriptions.remove("s1")).toBe("removed");
    expect(await rig.subscriptions.create({ pattern: "*", ...webhook })).toMatchObject({ kind: "created" });
    await rig.publish("x:7", "seven");
    expect(await rig.run()).toMatchObject({ delivered: 2 });
    expect(await rig.run()).toMatchObject({ delivered: 0, more: false });
  });
});

describe("a change", () => {
  test("of status and URL is seen by the next look", async () => {
    const rig = createRig(target);
    const id = await rig.subscribe("*", { name: "it" });
    const paused = await rig.subscriptions.update(id, { status: "paused", url: urlOf("other") });
    expect(paused).toMatchObject({
      kind: "updated",
      subscription: { id, status: "paused", url: urlOf("other") },
    });
    expect(await rig.subscriptions.get(id)).toMatchObject({ status: "paused", url: urlOf("other") });
    expect(await rig.subscriptions.update(id, {})).toMatchObject({ subscription: { status: "paused" } });
  });

  test("of the secret: the old one signs beside it for 24 h", async () => {
    const rig = createRig(target);
    const id = await rig.subscribe("*", { name: "it" });
    const secretsNow = async () => {
      await rig.publish("x", 1);
      await rig.drain();
      return rig.received.at(-1)?.secrets;
    };
    rig.clock.advance(10);
    await rig.subscriptions.update(id, { secret: "b" });
    expect(await secretsNow()).toEqual(["b", "secret of it"]);
    rig.clock.advance(3_600);
    await rig.subscriptions.update(id, { secret: "c" });
    expect(await secretsNow()).toEqual(["c", "b", "secret of it"]);
    rig.clock.advance(82_799);
    expect(await secretsNow()).toEqual(["c", "b", "secret of it"]);
    rig.clock.advance(1);
    expect(await secretsNow()).toEqual(["c", "b"]);
    rig.clock.advance(3_600);
    expect(await secretsNow()).toEqual(["c"]);
    for (const i of upTo(9)) await rig.subscriptions.update(id, { secret: `d${i}` });
    expect(await secretsNow()).toEqual(["d9", "d8", "d7", "d6", "d5"]);
  });

  test("loses none that is made at the same time", async () => {
    const rig = createRig(target);
    const id = await rig.subscribe("*", { name: "it" });
    await Promise.all([
      createSubscriptions({ redis: openRedis(target), prefix: rig.prefix }).update(id, { status: "paused" }),
      createSubscriptions({ redis: openRedis(target), prefix: rig.prefix }).update(id, { url: urlOf("b") }),
      createSubscriptions({ redis: openRedis(target), prefix: rig.prefix }).update(id, { secret: "c" }),
    ]);
    expect(await rig.subscriptions.get(id)).toMatchObject({ status: "paused", url: urlOf("b") });
    await rig.subscriptions.update(id, { status: "active" });
    await rig.publish("x", 1);
    await rig.drain();
    expect(rig.received).toMatchObject([{ to: "b", secrets: ["c", "secret of it"] }]);
  });
});

describe("what is told of a subscription", () => {
  test("counts what it has not got, has got, and when", async () => {
    const rig = createRig(target);
    await rig.publishAll("x", upTo(3));
    const id = await rig.subscribe("*", { name: "it", start: "oldest" });
    await rig.publish("y:a", 4);
    expect(await rig.subscriptions.get(id)).toMatchObject({ lag: 4 });
    expect((await rig.subscriptions.list()).items[0]).toMatchObject({ lag: 4 });
    rig.answers(({ event }) => (event.data === 4 ? FAILED : { kind: "delivered", status: 204 }));
    await rig.drain();
    const lastDeliveryAt = new Date(rig.clock.now()).toISOString();
    expect(await rig.subscriptions.get(id)).toMatchObject({
      lag: 1,
      delivered: 3,
      failed: 1,
      lastDeliveryAt,
    });
    await rig.publish("y:a", 5);
    expect(await rig.subscriptions.get(id)).toMatchObject({ lag: 2 });
  });

  test("of one that starts at now, or behind an id, counts nothing before", async () => {
    const rig = createRig(target);
    const ids = await rig.publishAll("x", upTo(5));
    const fresh = await rig.subscribe("*", { name: "new" });
    expect(await rig.subscriptions.get(fresh)).toMatchObject({ lag: 0 });
    await rig.publish("x", 6);
    expect(await rig.subscriptions.get(fresh)).toMatchObject({ lag: 1 });
    const later = await rig.subscribe("*", { name: "later", start: ids[2] ?? "" });
    await rig.drain();
    expect(rig.dataOf("later")).toEqual([4, 5, 6]);
    expect(await rig.subscriptions.get(later)).toMatchObject({ lag: 0, missed: 0 });
  });

  test("shows its last 100 attempts, newest first, in pages", async () => {
    const rig = createRig(target);
    const id = await rig.subscribe("*", { name: "it" });
    const ids = await rig.publishAll("x", upTo(104), "k");
    await rig.drain();
    const first = await rig.subscriptions.deliveries(id, { limit: 60 });
    expect(first?.items).toHaveLength(60);
    expect(first?.items[0]).toEqual({
      eventId: ids[103],
      attempt: 1,
      status: 200,
      at: new Date(rig.clock.now()).toISOString(),
      durationMs: 0,
      error: null,
    });
    // What comes between two pages moves none of those that are shown.
    await rig.publish("x", 105);
    await rig.drain();
    const second = await rig.subscriptions.deliveries(id, { limit: 60, cursor: first?.next ?? "" });
    expect([...(first?.items ?? []), ...(second?.items ?? [])].map(({ eventId }) => eventId)).toEqual(
      ids.slice(5).toReversed(),
    );
    expect(second?.next).toBeNull();
    await expect(rig.subscriptions.deliveries(id, { cursor: "x" })).rejects.toThrow(RangeError);
  });
});

/** A subscription whose events have all died. */
async function withDead(rig: Rig, count: number): Promise<string> {
  const id = await rig.subscribe("*", { name: "it" });
  rig.answers(() => FAILED);
  await Promise.all(upTo(count).map((i) => rig.publish("x", i)));
  for (const seconds of [0, 2, 10, 60, 600, 3_600, 21_600, 86_400]) {
    rig.clock.advance(seconds + 60);
    for (let lost = -1; lost !== (await rig.subscriptions.get(id))?.failed;) {
      lost = (await rig.subscriptions.get(id))?.failed ?? 0;
      await rig.drain();
    }
  }
  return id;
}

describe("dead letters", () => {
  test("are shown newest first, in pages, and are gone when they are replayed", async () => {
    const rig = createRig(target);
    const id = await withDead(rig, 3);
    const first = await rig.subscriptions.dead(id, { limit: 2 });
    const second = await rig.subscriptions.dead(id, { limit: 2, cursor: first?.next ?? "" });
    const all = [...(first?.items ?? []), ...(second?.items ?? [])];
    expect(new Set(all.map(({ event }) => event.data))).toEqual(new Set([1, 2, 3]));
    expect(all[0]).toMatchObject({ attempts: 8, lastStatus: 500 });
    expect(all.map(({ deadAt }) => deadAt)).toEqual(
      all
        .map(({ deadAt }) => deadAt)
        .toSorted()
        .toReversed(),
    );
    expect(second?.next).toBeNull();
    expect(await rig.subscriptions.get(id)).toMatchObject({ dead: 3 });
    expect((await rig.subscriptions.list()).items[0]).toMatchObject({ dead: 3 });
    await expect(rig.subscriptions.dead(id, { cursor: "x" })).rejects.toThrow(RangeError);
    await expect(rig.subscriptions.dead(id, { limit: 0 })).rejects.toThrow(RangeError);

    expect(await rig.subscriptions.replay(id)).toBe(3);
    expect(await rig.subscriptions.dead(id)).toEqual({ items: [], next: null });
    expect(await rig.subscriptions.get(id)).toMatchObject({ dead: 0 });
  });
});

describe("what all have seen", () => {
  test("is the position of the last, paused ones too; not of those that are disabled", async () => {
    const rig = createRig(target);
    const fast = await rig.subscribe("x:*", { name: "fast" });
    const slow = await rig.subscribe("*", { name: "slow" });
    const first = await rig.publish("x:a", 1);
    await rig.drain();
    await rig.subscriptions.update(slow, { status: "paused" });
    const second = await rig.publish("x:a", 2);
    await rig.publish("y:a", 3);
    await rig.drain();
    const seen = await rig.subscriptions.seen();
    expect(seen("x")).toBe(first);
    expect(rig.dataOf("fast")).toEqual([1, 2]);
    await rig.subscriptions.remove(slow);
    const after = await rig.subscriptions.seen();
    expect([after("x"), after("y")]).toEqual([second, undefined]);
    await rig.subscriptions.remove(fast);
    expect((await rig.subscriptions.seen())("x")).toBeUndefined();
  });
});

describe("a Redis that is away", () => {
  test.each(["refuse", "hang", "status500", "garbage"] as const)("(%s): every call says so", async (mode) => {
    const { prefix } = createRig(target);
    const redis = openRedis({ ...target, url: proxy.url }, 100);
    const subscriptions = createSubscriptions({ redis, prefix });
    proxy.mode = mode;
    const away = { name: "RedisUnavailableError" };
    await expect(subscriptions.create({ pattern: "*", ...webhook })).rejects.toMatchObject(away);
    await expect(subscriptions.list()).rejects.toMatchObject(away);
    await expect(subscriptions.get("a")).rejects.toMatchObject(away);
    await expect(subscriptions.update("a", {})).rejects.toMatchObject(away);
    await expect(subscriptions.remove("a")).rejects.toMatchObject(away);
    await expect(subscriptions.dead("a")).rejects.toMatchObject(away);
    await expect(subscriptions.deliveries("a")).rejects.toMatchObject(away);
    await expect(subscriptions.replay("a")).rejects.toMatchObject(away);
    await expect(subscriptions.seen()).rejects.toMatchObject(away);
    proxy.mode = "pass";
  });
});
