import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createRandom } from "../../../../local/seed/random.ts";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../../../support/redis.ts";
import { createChannel } from "./channel.ts";
import { openLog } from "../open.ts";
import { openViewer, type Viewer } from "./open.ts";
import { createTime } from "./time.ts";

const RUNS = 12;
const STEPS = 60;

let redis: TestRedis;
let proxy: FaultProxy;
beforeAll(async () => {
  redis = await startRedis();
  proxy = await startFaultProxy(redis.url);
});
afterAll(async () => {
  await proxy.close();
  await redis.close();
});

test.for(Array.from({ length: RUNS }, (_, seed) => seed))(
  "whatever is lost, cut, refused or away on the way, all is seen once and in order (seed %i)",
  async (seed) => {
    const random = createRandom(seed);
    const pick = <T>(...choices: T[]): T => choices[Math.floor(random() * choices.length)] as T;
    const target = { url: proxy.url, token: redis.token, prefix: `${redis.prefix}chance${seed}` };
    const log = openLog({ ...target, url: redis.url });
    const channel = createChannel();
    const time = createTime();
    const pattern = pick("user:1", "user:*", "*", "*s*");
    const seen: Viewer[] = [];
    const ended = new Set<Viewer>();
    const ids = () => seen.flatMap((viewer) => viewer.events().map(({ id }) => id));

    async function come(): Promise<void> {
      const after = seen.at(-1)?.position() ?? "0";
      const viewer = await openViewer(target, {
        pattern,
        after,
        time,
        through: channel.through,
        subrequests: 10_000,
      });
      void viewer.ended.then(() => ended.add(viewer));
      seen.push(viewer);
    }
    await come();

    const actions: (() => unknown)[] = [
      () =>
        (channel.loses = pick(
          () => false,
          () => true,
          () => random() < 0.3,
        )),
      () => channel.cut(),
      () => (channel.refuses = pick(true, false)),
      () => (proxy.mode = pick("pass", "pass", "refuse", "status500", "garbage", "dropResponse")),
      async () => {
        proxy.mode = "pass";
        seen.at(-1)?.leave();
        await seen.at(-1)?.ended;
        await come();
      },
    ];
    for (let step = 0; step < STEPS; step += 1) {
      if (random() < 0.25) await pick(...actions)();
      else await log.publish(pick("user:1", "user:2", "users:1", "order", "stock:7"), step);
      time.advance(pick(0, 10, 300, 3_000, 20_000));
      await new Promise((resolve) => setImmediate(resolve));
    }

    // In the end all is well, and who was sent away comes back.
    proxy.mode = "pass";
    channel.loses = () => false;
    channel.refuses = false;
    await vi.waitFor(
      async () => {
        const last = seen.at(-1);
        if (last !== undefined && ended.has(last)) await come();
        time.advance(500);
        expect(ids()).toEqual((await log.read(pattern)).events.map(({ id }) => id));
      },
      { timeout: 8_000, interval: 5 },
    );
    expect(seen.flatMap((viewer) => viewer.gaps())).toEqual([]);
    seen.at(-1)?.leave();
    await seen.at(-1)?.ended;
  },
);
