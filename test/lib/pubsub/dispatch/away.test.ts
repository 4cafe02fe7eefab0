import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  startFaultProxy,
  startRedis,
  type FaultMode,
  type FaultProxy,
  type TestRedis,
} from "../../../support/redis.ts";
import type { Redis } from "../../../../lib/redis/index.ts";
import { openRedis } from "../open.ts";
import { checkDeliveries } from "./check.ts";
import { createRig, OK, upTo } from "./rig.ts";

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

const away = { name: "RedisUnavailableError" };

describe("a Redis that is away", () => {
  test.each<FaultMode>(["refuse", "hang", "status500", "garbage"])(
    "from the start (%j): the run says so, and nothing is delivered",
    async (mode) => {
      const rig = createRig(target);
      await rig.subscribe("*", { name: "it" });
      await rig.publish("x", 1);
      const isolate = openRedis({ ...target, url: proxy.url }, 1_000);
      proxy.mode = mode;
      await expect(rig.run({}, isolate)).rejects.toMatchObject(away);
      proxy.mode = "pass";
      expect(rig.received).toEqual([]);
      expect(await rig.run()).toMatchObject({ delivered: 1 });
    },
  );

  test.each<FaultMode>(["refuse", "hang", "status500", "garbage", "dropResponse"])(
    "in the middle (%j): no delivery begins any more, those under way end, and nothing is lost",
    async (mode) => {
      const rig = createRig(target);
      const names = upTo(8).map((i) => `r${i}`);
      for (const name of names) await rig.subscribe("*", { name });
      const ids = await rig.publishAll("x", upTo(10), "k");
      const isolate = openRedis({ ...target, url: proxy.url }, 1_000);
      let before = 0;
      rig.answers(({ event }) => {
        if (event.data === 3 && before === 0) {
          before = rig.received.length;
          proxy.mode = mode;
        }
        return OK;
      });
      await expect(rig.run({}, isolate)).rejects.toMatchObject(away);
      proxy.mode = "pass";
      expect(rig.received.length - before).toBeLessThanOrEqual(8);

      rig.clock.advance(31);
      await rig.drain();
      const expected = new Map(names.map((name) => [name, ids]));
      expect(checkDeliveries(rig.received, expected)).toBeLessThanOrEqual(18);
      for (const each of (await rig.subscriptions.list()).items) {
        expect(each).toMatchObject({ delivered: 10, lag: 0 });
      }
    },
  );

  test("for what only moves on: the run says so, and another finds it again", async () => {
    const rig = createRig(target);
    const id = await rig.subscribe("x:other", { name: "it" });
    await rig.publish("x:a", 1);
    const isolate = openRedis({ ...target, url: proxy.url }, 1_000);
    const until: Redis = {
      ...isolate,
      run: (script, keys, args) => {
        if (script.name === "dispatch-pass") proxy.mode = "refuse";
        return isolate.run(script, keys, args);
      },
    };
    await expect(rig.run({}, until)).rejects.toMatchObject(away);
    proxy.mode = "pass";
    expect(await rig.subscriptions.get(id)).toMatchObject({ lag: 1 });
    rig.clock.advance(31);
    await rig.drain();
    expect(await rig.subscriptions.get(id)).toMatchObject({ lag: 0 });
  });
});
