import { afterAll, beforeAll, expect, test } from "vitest";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../../support/redis.ts";
import { openConfigs } from "./open.ts";

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

const open = () => openConfigs(target);

test("an update for another version than the present one changes nothing and tells that one", async () => {
  await open().update("shop", { a: 1 });
  await open().update("shop", { a: 2 });
  expect(await open().update("shop", { a: 3, b: 1 }, { expected: 1 })).toEqual({
    kind: "conflict",
    version: 2,
  });
  expect(await open().update("shop", { a: 3 }, { expected: 22 })).toMatchObject({ kind: "conflict" });
  expect(await open().get("shop")).toEqual({ version: 2, values: { a: 2 } });
  expect(await open().update("shop", { a: 3 }, { expected: 2 })).toMatchObject({ kind: "updated" });
});

test("one of several versions is enough, and none of none", async () => {
  await open().update("several", { a: 1 });
  expect(await open().update("several", { a: 2 }, { expected: [7, 1] })).toMatchObject({ kind: "updated" });
  expect(await open().update("several", { a: 3 }, { expected: [7, 1] })).toMatchObject({ version: 2 });
  expect(await open().update("several", { a: 3 }, { expected: [] })).toMatchObject({ kind: "conflict" });
});

test("`any` is for a config that is there, 0 for one that is not", async () => {
  expect(await open().update("new", { a: 1 }, { expected: "any" })).toEqual({ kind: "conflict", version: 0 });
  expect(await open().update("new", { a: 1 }, { expected: 3 })).toEqual({ kind: "conflict", version: 0 });
  expect(await open().get("new")).toBeNull();
  expect(await open().update("new", { a: 1 }, { expected: 0 })).toMatchObject({ kind: "updated" });
  expect(await open().update("new", { a: 2 }, { expected: 0 })).toEqual({ kind: "conflict", version: 1 });
  expect(await open().update("new", { a: 2 }, { expected: "any" })).toMatchObject({ kind: "updated" });
});

test("of 50 updates at once for one version, from 50 isolates, one comes to pass", async () => {
  await open().update("race", { winner: "none" });
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, i) => open().update("race", { winner: i }, { expected: 1 })),
  );
  const winners = answers.flatMap((answer, i) => (answer.kind === "updated" ? [i] : []));
  expect(winners).toHaveLength(1);
  expect(answers.filter(({ kind }) => kind === "conflict")).toHaveLength(49);
  expect(await open().get("race")).toEqual({ version: 2, values: { winner: winners[0] } });
});

test("of 50 at once that want to be the first, one is", async () => {
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, i) => open().update("first", { winner: i }, { expected: 0 })),
  );
  expect(answers.filter(({ kind }) => kind === "updated")).toHaveLength(1);
});

test("50 updates at once for no version, each of another field, all survive", async () => {
  const fields = Array.from({ length: 50 }, (_, i) => [`f${i}`, i] as const);
  await Promise.all(fields.map(([field, value]) => open().update("together", { [field]: value })));
  expect(await open().get("together")).toEqual({ version: 50, values: Object.fromEntries(fields) });
});

test("20 isolates that each add one, by comparing and trying again, add 20", async () => {
  await open().update("sum", { n: 0 });
  async function addOne(): Promise<void> {
    for (;;) {
      const config = await open().get<{ n: number }>("sum");
      if (config === null) throw new Error("it is gone");
      const { kind } = await open().update("sum", { n: config.values.n + 1 }, { expected: config.version });
      if (kind === "updated") return;
    }
  }
  await Promise.all(Array.from({ length: 20 }, addOne));
  expect(await open().get("sum")).toEqual({ version: 21, values: { n: 20 } });
});

test("an update whose answer was lost and is sent again for the same version is not made twice", async () => {
  const configs = openConfigs({ ...target, url: proxy.url });
  await configs.update("lost", { n: 1 });
  proxy.mode = "dropResponse";
  await expect(configs.update("lost", { n: 2 }, { expected: 1 })).rejects.toMatchObject({
    name: "RedisUnavailableError",
  });
  proxy.mode = "pass";
  expect(await configs.update("lost", { n: 2 }, { expected: 1 })).toEqual({ kind: "conflict", version: 2 });
  expect(await configs.get("lost")).toEqual({ version: 2, values: { n: 2 } });
});
