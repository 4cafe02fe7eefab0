import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { RedisUnavailableError } from "../../../../lib/errors.ts";
import type { EventLog } from "../../../../lib/pubsub/index.ts";
import type { Subscribe } from "../../../../lib/redis/index.ts";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../../../support/redis.ts";
import { openLog, type Target } from "../open.ts";
import { openStream, openViewer, soon, type Viewer, type ViewerOptions } from "./open.ts";

let redis: TestRedis;
let proxy: FaultProxy;
let target: Target;
/** Publishes past the proxy. */
let log: EventLog;
let viewers: Viewer[] = [];
let tests = 0;
beforeAll(async () => {
  redis = await startRedis();
  proxy = await startFaultProxy(redis.url);
});
beforeEach(() => {
  proxy.mode = "pass";
  tests += 1;
  target = { url: proxy.url, token: redis.token, prefix: `${redis.prefix}live${tests}` };
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
const publish = async (channel: string, data: unknown): Promise<string> => {
  const published = await log.publish(channel, data);
  return published.kind === "published" ? published.id : "";
};
const seen = (viewer: Viewer, count: number) => soon(() => viewer.events().length >= count);
/** A Redis without Pub/Sub. */
const without = (): Subscribe => () => Promise.reject(new RedisUnavailableError("http"));

const WAYS = [
  ["by subscription", {}],
  ["by looking again and again", { through: without }],
] as const;

describe.for(WAYS)("a viewer, %s", ([, way]) => {
  /** One that is at work: what is published now comes by its way. */
  async function ready(options: ViewerOptions = {}): Promise<Viewer> {
    const viewer = await watch({ ...way, ...options });
    await soon(() => viewer.isSubscribed() || viewer.troubles.length > 0);
    return viewer;
  }
  /** By subscription, time stands still meanwhile: nobody looks into the log. */
  const sees = (viewer: Viewer, count: number) =>
    "through" in way ? viewer.until(() => viewer.events().length >= count) : seen(viewer, count);

  test("begins at now, and sees each event of its pattern once, in order", async () => {
    await publish("user:1", "before");
    const viewer = await ready();
    const ids: string[] = [];
    for (let i = 0; i < 5; i += 1) {
      ids.push(await publish(`user:${i % 2}`, i));
      await publish("users:1", "another family");
      await sees(viewer, i + 1);
    }
    expect(viewer.data()).toEqual([0, 1, 2, 3, 4]);
    expect(viewer.events().map(({ id }) => id)).toEqual(ids);
    expect(viewer.events()[0]).toEqual((await log.read("user:0")).events[0]);
    expect(viewer.gaps()).toEqual([]);
  });

  test("is told first from where it may go on, and misses nothing when it comes back there", async () => {
    await publish("user:1", "before");
    const viewer = await ready();
    viewer.leave();
    await viewer.ended;
    await publish("user:1", "meanwhile");
    const again = await ready({ after: viewer.position() });
    await sees(again, 1);
    expect(again.data()).toEqual(["meanwhile"]);
  });

  test("goes on behind an id, from the log and then as events come", async () => {
    await publish("user:1", "seen");
    const after = await publish("user:1", "seen too");
    await publish("user:2", "missed");
    const viewer = await ready({ after });
    await sees(viewer, 1);
    await publish("user:1", "new");
    await sees(viewer, 2);
    expect(viewer.data()).toEqual(["missed", "new"]);
  });

  test("sees what was published while it was beginning, once", async () => {
    await Promise.all(Array.from({ length: 250 }, (_, i) => publish("user:1", i)));
    const viewer = await watch({ ...way, after: "0" });
    for (let i = 250; i < 300; i += 1) await publish("user:1", i);
    await sees(viewer, 300);
    expect(viewer.data()).toEqual(Array.from({ length: 300 }, (_, i) => i));
  });

  test("of a pattern over families sees families that appear later, in one order", async () => {
    const viewer = await ready({ pattern: "*s*" });
    for (const channel of ["users:1", "orders", "cart", "stock:7", "users:2"])
      await publish(channel, channel);
    await sees(viewer, 4);
    expect(viewer.data()).toEqual(["users:1", "orders", "stock:7", "users:2"]);
  });

  test("is told a gap, once, where history was trimmed before it was seen", async () => {
    const after = await publish("user:1", "seen");
    await publish("user:1", "missed");
    const small = openLog({ ...target, url: redis.url }, { maxEvents: 10 });
    await Promise.all(Array.from({ length: 254 }, (_, i) => small.publish("user:1", i)));
    const viewer = await ready({ after });
    await sees(viewer, 10);
    const { events } = await log.read("user:1");
    expect(viewer.gaps()).toEqual([{ after, first: events[0]?.id }]);
    await publish("user:1", "new");
    await sees(viewer, 11);
    expect(viewer.gaps()).toHaveLength(1);
    expect(viewer.items[1]?.kind).toBe("gap");
  });

  test("gets a sign of life every 15 s that says where to go on", async () => {
    const viewer = await ready({ subrequests: 1_000 });
    await publish("user:1", 1);
    await sees(viewer, 1);
    const last = await publish("user:none", "not for it");
    const positions = () => viewer.items.filter(({ kind }) => kind === "position").length;
    const before = positions();
    const took = await viewer.until(() => positions() === before + 1, 100);
    expect(took).toBeLessThanOrEqual(15_100);
    await viewer.until(() => positions() === before + 2, 100);
    expect(viewer.position()).toBe(last);
  });

  test("ends after 15 minutes, and with its last position the next goes on", async () => {
    const viewer = await ready({ subrequests: 10_000, pattern: "user:1" });
    let hasEnded = false;
    void viewer.ended.then(() => (hasEnded = true));
    const took = await viewer.until(() => hasEnded, 5_000);
    expect(took).toBeGreaterThanOrEqual(900_000);
    expect(took).toBeLessThan(920_000);
    await publish("user:1", "behind the end");
    const next = await ready({ after: viewer.position() });
    await sees(next, 1);
  });

  test("ends when its requests are used up, without a fault", async () => {
    const viewer = await ready({ subrequests: 6 });
    let hasEnded = false;
    void viewer.ended.then(() => (hasEnded = true));
    await viewer.until(() => hasEnded, 1_000);
    expect(viewer.redis.meter.requests).toBeLessThanOrEqual(6);
    expect(viewer.redis.meter.requests).toBeGreaterThan(2);
  });

  test("that leaves ends at once", async () => {
    const viewer = await ready();
    viewer.leave();
    await viewer.ended;
    expect(viewer.time.next()).toBe(Infinity);
  });
});

describe("a Redis that is away", () => {
  test("is an error to begin with", async () => {
    proxy.mode = "refuse";
    await expect(openStream(target)).rejects.toThrow(RedisUnavailableError);
    await expect(openStream(target, { after: "0" })).rejects.toThrow(RedisUnavailableError);
  });

  test("for a while is not noticed by who watches: nothing is lost, nothing comes twice", async () => {
    const viewer = await watch();
    await soon(viewer.isSubscribed);
    await publish("user:1", 1);
    await seen(viewer, 1);
    proxy.mode = "refuse";
    await viewer.until(() => viewer.troubles.some(({ type }) => type === "away"));
    await publish("user:1", 2);
    proxy.mode = "pass";
    await viewer.until(() => viewer.events().length === 2);
    await viewer.until(viewer.isSubscribed, 1_000);
    await publish("user:1", 3);
    await viewer.until(() => viewer.events().length === 3);
    expect(viewer.data()).toEqual([1, 2, 3]);
  });

  test("for 30 s ends the stream, without an error", async () => {
    const viewer = await watch();
    await soon(viewer.isSubscribed);
    proxy.mode = "refuse";
    let hasEnded = false;
    void viewer.ended.then(() => (hasEnded = true));
    const took = await viewer.until(() => hasEnded, 250);
    expect(took).toBeGreaterThanOrEqual(30_000);
    expect(took).toBeLessThan(40_000);
  });
});
