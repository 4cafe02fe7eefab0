// SCAN and its kin: an element that is there all the time is returned, whatever happens around it.

import { array, assert, integer, property } from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Engine } from "../../../../local/engine.ts";
import { createEmbeddedEngine } from "../../../../local/engines/embedded/engine.ts";
import { byOrder, scanPage } from "../../../../local/engines/embedded/scan-order.ts";
import { run, scanAll } from "../support.ts";

let engine: Engine;

beforeEach(async () => {
  engine = await createEmbeddedEngine({ stateDir: null, log: () => {} });
});
afterEach(() => engine.close());

const NAMES = Array.from({ length: 1000 }, (_, at) => `element:${at}`);

/** How each scan is filled, emptied and read. */
const SCANS = [
  {
    name: "SCAN",
    command: ["SCAN"],
    width: 1,
    add: (name: string) => ["SET", name, "v"],
    remove: (name: string) => ["DEL", name],
  },
  {
    name: "HSCAN",
    command: ["HSCAN", "c"],
    width: 2,
    add: (name: string) => ["HSET", "c", name, "v"],
    remove: (name: string) => ["HDEL", "c", name],
  },
  {
    name: "SSCAN",
    command: ["SSCAN", "c"],
    width: 1,
    add: (name: string) => ["SADD", "c", name],
    remove: (name: string) => ["SREM", "c", name],
  },
  {
    name: "ZSCAN",
    command: ["ZSCAN", "c"],
    width: 2,
    add: (name: string) => ["ZADD", "c", "1", name],
    remove: (name: string) => ["ZREM", "c", name],
  },
] as const;

describe.each(SCANS)("$name", ({ command, width, add, remove }) => {
  const namesOf = (page: readonly string[]): string[] => page.filter((_, at) => at % width === 0);

  beforeEach(async () => {
    for (const name of NAMES) await run(engine, ...add(name));
  });

  test("finds every element once", async () => {
    const found = namesOf(await scanAll(engine, [...command]));
    expect(found.toSorted()).toEqual(NAMES.toSorted());
  });

  test("finds every element while those it returned are deleted", async () => {
    const found = namesOf(
      await scanAll(engine, [...command], ["COUNT", 25], async (page) => {
        for (const name of namesOf(page)) await run(engine, ...remove(name));
      }),
    );
    expect(new Set(found)).toEqual(new Set(NAMES));
  });

  test("finds every element that stays while others are added and deleted", async () => {
    const kept = NAMES.filter((_, at) => at % 2 === 0);
    let round = 0;
    const found = namesOf(
      await scanAll(engine, [...command], ["COUNT", 40], async () => {
        const gone = NAMES[round * 2 + 1];
        if (gone) await run(engine, ...remove(gone));
        await run(engine, ...add(`new:${round++}`));
      }),
    );
    expect(kept.filter((name) => !found.includes(name))).toEqual([]);
  });

  test("keeps to MATCH and walks COUNT at a time", async () => {
    const [next, page] = (await run(engine, ...command, "0", "COUNT", 100)) as [string, string[]];
    expect(next).toMatch(/^[1-9]\d*$/);
    expect(namesOf(page)).toHaveLength(100);
    const found = namesOf(await scanAll(engine, [...command], ["MATCH", "element:1?", "COUNT", 77]));
    expect(found.toSorted()).toEqual(NAMES.slice(10, 20));
  });
});

test("SCAN leaves out keys of another type and keys whose time is over", async () => {
  await run(engine, "SET", "text", "v");
  await run(engine, "RPUSH", "list", "v");
  await run(engine, "SET", "over", "v", "PXAT", 1);
  expect(await scanAll(engine, ["SCAN"], ["TYPE", "string"])).toEqual(["text"]);
  expect(await run(engine, "KEYS", "*")).toEqual(expect.not.arrayContaining(["over"]));
});

test("a small collection comes whole, as in Redis", async () => {
  for (let at = 0; at < 100; at++) await run(engine, "HSET", "small", `f${at}`, "v");
  const [next, page] = (await run(engine, "HSCAN", "small", "0")) as [string, string[]];
  expect([next, page.length]).toEqual(["0", 200]);
});

test("elements of one hash are never parted between two pages", () => {
  const order = integer({ min: 0, max: 3 });
  assert(
    property(array(order, { maxLength: 30 }), integer({ min: 1, max: 5 }), (orders, count) => {
      const items = orders.map((value, element) => ({ order: value, element })).toSorted(byOrder);
      const found: number[] = [];
      let cursor = "0";
      do {
        const { page, next } = scanPage(items, BigInt(cursor), count);
        found.push(...page.map(({ element }) => element));
        cursor = next;
      } while (cursor !== "0");
      expect(found.toSorted((a, b) => a - b)).toEqual(orders.map((_, element) => element));
    }),
  );
});
