import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Redis } from "../../../lib/redis/index.ts";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../../support/redis.ts";
import { openSets } from "./open.ts";

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

const open = (keys: string) => openSets(target, { keys }).tags;
const names = (count: number, of = "t") => Array.from({ length: count }, (_, i) => `${of}${i}`);
const nothing = { items: [], next: null };
const page = (...items: string[]) => ({ items, next: null });

async function keysLeft(keys: string): Promise<unknown> {
  const [found] = await target.engine.pipeline([
    [Buffer.from("KEYS"), Buffer.from(`${target.prefix}${keys}:*`)],
  ]);
  return found;
}

describe("an item", () => {
  test("has the tags it was given last, in their order, each once", async () => {
    const tags = open("given");
    expect(await tags.get("desk")).toEqual([]);
    await tags.replace("desk", ["oak", "sale", "oak", "big"]);
    expect(await tags.get("desk")).toEqual(["oak", "sale", "big"]);
    await tags.replace("desk", ["new", "sale"]);
    expect(await tags.get("desk")).toEqual(["new", "sale"]);
    expect(await tags.items({ all: ["oak"] })).toEqual(nothing);
    expect(await tags.items({ any: ["big"] })).toEqual(nothing);
    expect(await tags.items({ all: ["new", "sale"] })).toEqual(page("desk"));
  });

  test("that has lost its tags is nowhere, and leaves no key", async () => {
    const tags = open("lost");
    await tags.replace("desk", ["oak", "sale"]);
    await tags.replace("desk", []);
    expect(await tags.get("desk")).toEqual([]);
    expect(await tags.items({ any: ["oak", "sale"] })).toEqual(nothing);
    expect(await keysLeft("lost")).toEqual([]);
    await tags.replace("desk", []);
  });

  test("may have 100 tags, all of which may change at once; one more is refused", async () => {
    const tags = open("many");
    await tags.replace("desk", names(100, "a"));
    await tags.replace("desk", names(100, "b"));
    expect(await tags.get("desk")).toEqual(names(100, "b"));
    expect(await tags.items({ any: names(20, "a") })).toEqual(nothing);
    expect(await tags.items({ all: ["b0", "b99"] })).toEqual(page("desk"));
    await expect(tags.replace("desk", names(101))).rejects.toThrow(RangeError);
  });

  test("and a tag may have the same name, also one that looks like a key", async () => {
    const tags = open("names");
    await tags.replace("tag:oak", ["item:desk", "tag:oak", "constructor", "__proto__"]);
    expect(await tags.get("tag:oak")).toEqual(["item:desk", "tag:oak", "constructor", "__proto__"]);
    expect(await tags.items({ all: ["__proto__", "constructor"] })).toEqual(page("tag:oak"));
    expect(await tags.get("oak")).toEqual([]);
    expect(await tags.get("constructor")).toEqual([]);
  });
});

describe("at once", () => {
  test("20 isolates give one item different tags: it has those of one, whole, and no other tag has it", async () => {
    const given = Array.from({ length: 20 }, (_, i) => [`own${i}`, `pair${i % 7}`, "all"]);
    for (let round = 0; round < 5; round += 1) {
      await Promise.all(given.map((list) => open("crowd").replace("desk", list)));
      const held = await open("crowd").get("desk");
      expect(given).toContainEqual(held);
      for (const tag of new Set(given.flat())) {
        const found = await open("crowd").items({ all: [tag] });
        expect(found.items, tag).toEqual(held.includes(tag) ? ["desk"] : []);
      }
    }
  });

  test("who is overtaken between its two calls has been overwritten: what came last stays, whole", async () => {
    await open("overtaken").replace("desk", ["first"]);
    let overtaken = false;
    const through = (redis: Redis): Redis => ({
      ...redis,
      async run<T>(...call: Parameters<Redis["run"]>) {
        const answer = await redis.run<T>(...call);
        if (!overtaken) {
          overtaken = true;
          await open("overtaken").replace("desk", ["quick"]);
        }
        return answer;
      },
    });
    await openSets(target, { keys: "overtaken", through }).tags.replace("desk", ["slow"]);
    expect(await open("overtaken").get("desk")).toEqual(["quick"]);
    expect(await open("overtaken").items({ any: ["first", "slow", "quick"] })).toEqual(page("desk"));
    expect(await open("overtaken").items({ any: ["first", "slow"] })).toEqual(nothing);
  });

  test("nobody sees an item without the tag that it has before and after", async () => {
    await open("flip").replace("desk", ["stays", "a"]);
    let misses = 0;
    const flips = (async () => {
      for (let i = 0; i < 40; i += 1) await open("flip").replace("desk", ["stays", i % 2 === 0 ? "b" : "a"]);
    })();
    const reads = (async () => {
      for (let i = 0; i < 60; i += 1) {
        const { items } = await open("flip").items({ all: ["stays"], any: ["a", "b"] });
        if (items.length !== 1) misses += 1;
      }
    })();
    await Promise.all([flips, reads]);
    expect(misses).toBe(0);
  });
});

describe("a name that is none", () => {
  test.each(["", "a b", "{a}", "x".repeat(129)])("%j is refused by every call", async (name) => {
    const tags = open("names");
    const bad = { name: "InvalidNameError" };
    await expect(tags.replace(name, [])).rejects.toMatchObject(bad);
    await expect(tags.replace("a", ["b", name])).rejects.toMatchObject(bad);
    await expect(tags.get(name)).rejects.toMatchObject(bad);
    await expect(tags.items({ none: [name], any: ["a"] })).rejects.toMatchObject(bad);
    await expect(tags.items({ any: ["a"] }, { after: name })).rejects.toMatchObject(bad);
  });
});

test.each([
  ["refuse", "network"],
  ["hang", "timeout"],
  ["status500", "http"],
  ["garbage", "protocol"],
] as const)(
  "with a Redis that does %s, every call says so, and nothing is half written",
  async (mode, reason) => {
    await open(mode).replace("desk", ["oak", "sale"]);
    const behind = { ...target, url: proxy.url };
    const { tags } = openSets(behind, { keys: mode, timeoutMs: mode === "hang" ? 200 : 5_000 });
    proxy.mode = mode;
    const away = { name: "RedisUnavailableError", reason };
    await expect(tags.replace("desk", ["new"])).rejects.toMatchObject(away);
    await expect(tags.get("desk")).rejects.toMatchObject(away);
    await expect(tags.items({ all: ["oak"] })).rejects.toMatchObject(away);
    proxy.mode = "pass";
    expect(await open(mode).get("desk")).toEqual(["oak", "sale"]);
    expect(await open(mode).items({ all: ["oak", "sale"], none: ["new"] })).toEqual(page("desk"));
  },
);

test("a Redis that goes between the two calls leaves the item as it was", async () => {
  const behind = { ...target, url: proxy.url };
  await open("between").replace("desk", ["oak"]);
  const through = (redis: Redis): Redis => ({
    ...redis,
    run: async <T>(...call: Parameters<Redis["run"]>) =>
      redis.run<T>(...call).finally(() => (proxy.mode = "status500")),
  });
  const slow = openSets(behind, { keys: "between", through }).tags;
  await expect(slow.replace("desk", ["new"])).rejects.toMatchObject({ name: "RedisUnavailableError" });
  proxy.mode = "pass";
  expect(await open("between").get("desk")).toEqual(["oak"]);
  expect(await open("between").items({ any: ["new", "oak"] })).toEqual(page("desk"));
  expect(await open("between").items({ any: ["new"] })).toEqual(nothing);
});
