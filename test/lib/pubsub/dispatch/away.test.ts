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
      const isolate = openRedis({ ...target, url: proxy.url }, 200);
      proxy.mode = mode;
      await expect(rig.run({}, isolate)).rejects.toMatchObject(away);
      proxy.mode = "pass";
      expect(rig.received).toEqual([]);
      expect(await rig.run({}, isolate)).toMatchObject({ delivered: 1 });
    },
  );

  test.each<FaultMode>(["refuse", "hang", "status500", "garbage", "dropResponse"])(
    "in the middle (%j): no delivery begins any more, those under way end, and nothing is lost",
    async (mode) => {
      const rig = createRig(target);
      const id = await rig.subscribe("*", { name: "it" });
      await rig.publishAll("x", upTo(30), "k");
      const isolate = openRedis({ ...target, url: proxy.url }, 200);
      rig.answers(({ event }) => {
        if (event.data === 7) proxy.mode = mode;
        return OK;
      });
      await expect(rig.run({}, isolate)).rejects.toMatchObject(away);
      proxy.mode = "pass";
      rig.answers(() => OK);
      // What had been delivered before its outcome could be written down.
      expect(rig.received.length).toBeLessThanOrEqual(15);

      rig.clock.advance(31);
      await rig.drain();
      expect([...new Set(rig.dataOf("it"))]).toEqual(upTo(30));
      expect(await rig.subscriptions.get(id)).toMatchObject({ delivered: 30, lag: 0 });
    },
  );

  test("for what only moves on: the run says so, and another finds it again", async () => {
    const rig = createRig(target);
    const id = await rig.subscribe("x:other", { name: "it" });
    await rig.publish("x:a", 1);
    const isolate = openRedis({ ...target, url: proxy.url }, 200);
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
