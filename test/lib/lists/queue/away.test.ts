import { afterAll, beforeAll, expect, test } from "vitest";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../../../support/redis.ts";
import { openQueues } from "./open.ts";

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

test.each([
  ["refuse", "network"],
  ["hang", "timeout"],
  ["status500", "http"],
  ["garbage", "protocol"],
] as const)(
  "%s: every call says so, in bounded time, and works again when Redis is back",
  async (mode, reason) => {
    const queues = openQueues({ ...target, url: proxy.url }, { timeoutMs: 200 });
    const receipt = "1800000000000-000000.1";
    const away = { name: "RedisUnavailableError", reason };
    proxy.mode = mode;
    const started = Date.now();
    await Promise.all(
      [
        queues.send("away", [{ body: 1 }]),
        queues.receive("away", { waitSeconds: 20 }),
        queues.ack("away", receipt),
        queues.extend("away", receipt, 1),
        queues.metrics("away"),
        queues.configure("away", { maxAttempts: 1 }),
        queues.dead("away"),
        queues.redrive("away"),
        queues.purge("away"),
      ].map((call) => expect(call).rejects.toMatchObject(away)),
    );
    expect(Date.now() - started).toBeLessThan(1_000);
    proxy.mode = "pass";
    const back = openQueues({ ...target, url: proxy.url });
    await back.send(`back:${mode}`, [{ body: 1 }]);
    expect(await back.receive(`back:${mode}`)).toMatchObject([{ body: 1 }]);
    expect(await back.metrics("away")).toMatchObject({ ready: 0 });
  },
);

test("a receive whose answer was lost hides the messages for their visibility, and no longer", async () => {
  let now = Date.now();
  const queues = openQueues({ ...target, url: proxy.url }, { redisNow: () => now });
  await queues.send("lost", [{ body: 1 }]);
  await queues.receive("warm");
  proxy.mode = "dropResponse";
  await expect(queues.receive("lost")).rejects.toMatchObject({ name: "RedisUnavailableError" });
  proxy.mode = "pass";
  expect(await queues.receive("lost")).toEqual([]);
  now += 30_000;
  expect(await queues.receive("lost")).toMatchObject([{ body: 1, attempts: 2 }]);
});

test("an ack whose answer was lost has acked: the repeat finds nothing", async () => {
  const queues = openQueues({ ...target, url: proxy.url });
  await queues.ack("warm", "1800000000000-000000.1");
  await queues.send("acked", [{ body: 1 }]);
  const [message] = await queues.receive("acked");
  proxy.mode = "dropResponse";
  await expect(queues.ack("acked", message?.receipt ?? "")).rejects.toMatchObject({
    name: "RedisUnavailableError",
  });
  proxy.mode = "pass";
  expect(await queues.ack("acked", message?.receipt ?? "")).toEqual({ kind: "unknown" });
});
