import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { EventLog } from "../../../../lib/pubsub/index.ts";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../../../support/redis.ts";
import { createChannel } from "./channel.ts";
import { ask, openLog, type Target } from "../open.ts";
import { openStream, openViewer, soon, type Viewer, type ViewerOptions } from "./open.ts";

let redis: TestRedis;
let proxy: FaultProxy;
let target: Target;
let log: EventLog;
let viewers: Viewer[] = [];
let tests = 0;
beforeAll(async () => {
  redis = await startRedis();
  proxy = await startFaultProxy(redis.url);
});
beforeEach(() => {
  proxy.mode = "pass";
  proxy.reset();
  tests += 1;
  target = { url: proxy.url, token: redis.token, prefix: `${redis.prefix}lost${tests}` };
  log = openLog({ ...target, url: redis.url });
});
afterEach(async () => {
  for (const { leave } of viewers) leave();
  // What they have asked for is not to arrive in the next test.
  await Promise.all(viewers.map(({ ended }) => ended));
  viewers = [];
});
afterAll(async () => {
  await proxy.close();
  await redis.close();
});

async function watch(options: ViewerOptions = {}): Promise<Viewer> {
  const viewer = await openViewer(target, options);
  viewers.push(viewer);
  return viewer;
}
const seen = (viewer: Viewer, count: number) => soon(() => viewer.events().length >= count);

describe("a message that is lost", () => {
  test.for(["user:1", "user:*", "*"])(
    "is read from the log at the next one, in its place: %s",
    async (pattern) => {
      const channel = createChannel();
      const viewer = await watch({ pattern, through: channel.through });
      await soon(viewer.isSubscribed);
      await log.publish("user:1", 1);
      await seen(viewer, 1);
      channel.loses = (payload) => payload.includes("lost");
      for (const data of ["lost", "lost too", 2]) await log.publish("user:1", data);
      await seen(viewer, 4);
      expect(viewer.data()).toEqual([1, "lost", "lost too", 2]);
    },
  );

  test("is not passed over by an event of another family, whose id a viewer might come back with", async () => {
    const channel = createChannel();
    const viewer = await watch({ pattern: "*", through: channel.through });
    await soon(viewer.isSubscribed);
    channel.loses = (payload) => payload.includes("lost");
    await log.publish("user:1", "lost");
    await log.publish("order:1", "came");
    await seen(viewer, 2);
    expect(viewer.data()).toEqual(["lost", "came"]);
  });

  test("with none behind it is seen within a minute", async () => {
    const channel = createChannel();
    const viewer = await watch({ through: channel.through });
    await soon(viewer.isSubscribed);
    await log.publish("user:1", 1);
    await seen(viewer, 1);
    channel.loses = () => true;
    await log.publish("user:1", "lost");
    await soon(() => channel.asked === 3);
    const took = await viewer.until(() => viewer.events().length === 2, 500);
    expect(took).toBeLessThanOrEqual(61_000);
  });

  test("that is no message of ours is passed over", async () => {
    const viewer = await watch();
    await soon(viewer.isSubscribed);
    for (const text of ["", "null", "{", '{"event":{}}', '{"behind":1,"event":{"id":1}}']) {
      await ask(redis.engine, "PUBLISH", `${target.prefix}:{pubsub}:live:user`, text);
    }
    await log.publish("user:1", 1);
    await seen(viewer, 1);
    expect(viewer.data()).toEqual([1]);
  });
});

describe("a subscription that ends", () => {
  test("takes nothing with it: the log is looked at until another stands", async () => {
    const channel = createChannel();
    const viewer = await watch({ through: channel.through, subrequests: 1_000 });
    await soon(viewer.isSubscribed);
    await log.publish("user:1", 1);
    await seen(viewer, 1);
    channel.refuses = true;
    channel.cut();
    await log.publish("user:1", 2);
    await viewer.until(() => viewer.events().length === 2);
    channel.refuses = false;
    // The first attempt at another is made 30 s after the last.
    await viewer.until(viewer.isSubscribed, 500);
    const before = proxy.requests;
    await viewer.until(() => proxy.requests > before || viewer.time.next() > viewer.time.now() + 2_000, 1);
    await log.publish("user:1", 3);
    await seen(viewer, 3);
    expect(viewer.data()).toEqual([1, 2, 3]);
  });

  test("while another cannot be had is tried again every 30 s, and looks are at most 2 s apart", async () => {
    const viewer = await watch({
      through: () => () => Promise.reject(new Error("no Pub/Sub here")),
      subrequests: 10_000,
    });
    const began = viewer.time.now();
    await viewer.until(() => viewer.time.now() >= began + 100_000, 250);
    expect(viewer.troubles).toHaveLength(4);
    expect(viewer.redis.meter.requests).toBeGreaterThan(40);
    expect(viewer.redis.meter.requests).toBeLessThan(60);
  });
});

describe("what a viewer costs", () => {
  test("is a look to begin with, a subscription and a look, and nothing for an event", async () => {
    const viewer = await watch();
    await soon(viewer.isSubscribed);
    await soon(() => proxy.requests === 3);
    for (let i = 0; i < 50; i += 1) await log.publish("user:1", i);
    await seen(viewer, 50);
    expect(proxy.requests).toBe(3);
  });

  test("is nothing either for what others publish in the family of its channel", async () => {
    await log.publish("user:2", "before");
    const viewer = await watch({ pattern: "user:1", after: "0" });
    await soon(viewer.isSubscribed);
    await soon(() => proxy.requests === 3);
    for (let i = 0; i < 50; i += 1) await log.publish("user:2", i);
    await log.publish("user:1", "its own");
    await seen(viewer, 1);
    expect(proxy.requests).toBe(3);
  });

  test("is a look a minute where nothing is published", async () => {
    const viewer = await watch();
    await soon(viewer.isSubscribed);
    await soon(() => proxy.requests === 3);
    const began = viewer.time.now();
    await viewer.until(() => viewer.time.now() >= began + 600_000, 1_000);
    await soon(() => proxy.requests >= 12);
    expect(proxy.requests).toBeLessThanOrEqual(13);
  });
});

describe("a viewer that reads slowly", () => {
  test("has nothing made or read for it that it has not asked for", async () => {
    const channel = createChannel();
    const { stream, leave, isSubscribed } = await openStream(target, { through: channel.through });
    await stream.next();
    const first = stream.next();
    await soon(isSubscribed);
    await Promise.all(Array.from({ length: 200 }, (_, i) => log.publish("user:1", i)));
    expect((await first).value).toMatchObject({ kind: "event", event: { data: 0 } });
    // The one it was given, and the one that waits.
    expect(channel.asked).toBeLessThanOrEqual(2);
    for (let i = 1; i < 200; i += 1) {
      expect((await stream.next()).value).toMatchObject({ kind: "event", event: { data: i } });
    }
    leave();
    expect((await stream.next()).done).toBe(true);
  });

  test("and is cut off by Redis meanwhile goes on from the log", async () => {
    const channel = createChannel();
    const { stream, time, leave, isSubscribed } = await openStream(target, { through: channel.through });
    await stream.next();
    const first = stream.next();
    await soon(isSubscribed);
    for (let i = 0; i < 10; i += 1) await log.publish("user:1", i);
    await first;
    channel.cut();
    await Promise.all(Array.from({ length: 290 }, (_, i) => log.publish("user:1", 10 + i)));
    const data: unknown[] = [0];
    while (data.length < 300) {
      const { value } = await stream.next();
      if (value?.kind === "event") data.push(value.event.data);
    }
    expect(data).toEqual(Array.from({ length: 300 }, (_, i) => i));
    expect(time.now()).toBe(Date.UTC(2026, 10, 1));
    leave();
  });

  test("or not at all has its subscription left when its time is over", async () => {
    let over = 0;
    const { stream, time, isSubscribed } = await openStream(target, {
      lastsMs: 60_000,
      onOver: () => (over += 1),
    });
    await stream.next();
    const next = stream.next();
    await soon(isSubscribed);
    await log.publish("user:1", 1);
    await next;
    time.advance(59_999);
    expect(over).toBe(0);
    time.advance(1);
    expect(over).toBe(1);
    const channel = `${target.prefix}:{pubsub}:live:user`;
    await expect
      .poll(() => ask(redis.engine, "PUBSUB", "NUMSUB", channel), { timeout: 5_000 })
      .toEqual([Buffer.from(channel), 0]);
    expect((await stream.next()).done).toBe(true);
  });

  test("until its time is over hears of nothing after that, whether its last event came by message or from the log", async () => {
    const channel = createChannel();
    const { stream, time, isSubscribed } = await openStream(target, {
      lastsMs: 60_000,
      through: channel.through,
    });
    await stream.next();
    const next = stream.next();
    await soon(isSubscribed);
    await log.publish("user:1", 1);
    await next;
    channel.loses = (payload) => payload.includes("lost");
    const lost = stream.next();
    await log.publish("user:1", "lost");
    await log.publish("user:1", 2);
    expect((await lost).value).toMatchObject({ kind: "event", event: { data: "lost" } });
    expect((await stream.next()).value).toMatchObject({ kind: "event", event: { data: 2 } });
    time.advance(60_000);
    expect((await stream.next()).done).toBe(true);
  });

  test("and goes without a word leaves no subscription", async () => {
    const { stream, time, isSubscribed } = await openStream(target);
    await stream.next();
    const next = stream.next();
    await soon(isSubscribed);
    await log.publish("user:1", 1);
    await next;
    await stream.return();
    expect(time.next()).toBe(Infinity);
    const channel = `${target.prefix}:{pubsub}:live:user`;
    await expect
      .poll(() => ask(redis.engine, "PUBSUB", "NUMSUB", channel), { timeout: 5_000 })
      .toEqual([Buffer.from(channel), 0]);
  });
});
