import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createHistory, HISTORY_SCRIPTS, type HistoryOptions } from "../../../lib/lists/index.ts";
import { createConnection } from "../../../lib/redis/index.ts";
import { startRedis, type TestRedis } from "../../support/redis.ts";

let target: TestRedis;
beforeAll(async () => {
  target = await startRedis();
});
afterAll(() => target.close());

/** As one request of one isolate has it. */
function open(options: Partial<HistoryOptions> = {}) {
  const { url, token, prefix } = target;
  const redis = createConnection({ url, token, timeoutMs: 5_000 }).open();
  return createHistory({ redis, prefix, ...options });
}

const numbers = (length: number) => Array.from({ length }, (_, i) => `item ${i}`);

test.each(HISTORY_SCRIPTS)("the SHA written beside $name is that of its text", ({ lua, sha1 }) => {
  expect(sha1).toBe(createHash("sha1").update(lua).digest("hex"));
});

describe("a history", () => {
  test("is empty where nobody has pushed", async () => {
    expect(await open().list("nobody")).toEqual([]);
  });

  test("is read newest first, and an item again moves to the front", async () => {
    const history = open();
    for (const item of ["a", "b", "c", "a", "b", "b"]) await history.push("ada", item);
    expect(await history.list("ada")).toEqual(["b", "a", "c"]);
  });

  test("keeps 100, and drops the oldest", async () => {
    const history = open();
    for (const item of numbers(103)) await history.push("long", item);
    expect(await history.list("long")).toEqual(numbers(103).slice(3).toReversed());
    await history.push("long", "item 3");
    await history.push("long", "new");
    const items = await history.list("long");
    expect(items.slice(0, 2)).toEqual(["new", "item 3"]);
    expect([items.length, items.at(-1)]).toEqual([100, "item 5"]);
    const key = `${target.prefix}:history:{long}`;
    const [kept] = await target.engine.pipeline([["LLEN", key].map((word) => Buffer.from(word))]);
    expect(kept).toBe(100);
  });

  test("keeps fewer where that is asked for", async () => {
    const history = open({ max: 2 });
    for (const item of ["a", "b", "c", "b"]) await history.push("few", item);
    expect(await history.list("few")).toEqual(["b", "c"]);
  });

  test("gives items back as they were, whatever they look like", async () => {
    const history = open();
    const items = ["007", "1e5", "null", '{"a":1}', "", " ", "a\0b", "💥 é", "-1", "*", "OK"];
    for (const item of items) await history.push("texts", item);
    expect(await history.list("texts")).toEqual(items.toReversed());
  });

  test("pushed to by 50 isolates at once has each item once", async () => {
    await Promise.all(Array.from({ length: 50 }, (_, i) => open().push("rush", `item ${i % 10}`)));
    expect((await open().list("rush")).toSorted()).toEqual(numbers(10));
  });

  test("is nobody else's: a subject with a colon reaches into no other", async () => {
    const history = open();
    await history.push("ada", "hers");
    await history.push("ada:1", "another's");
    expect(await history.list("ada:1")).toEqual(["another's"]);
  });
});

test("refuses what cannot be kept as it is, by name", async () => {
  const history = open();
  for (const subject of ["", "{ada}", "a b", "x".repeat(129)]) {
    const fault = { name: "InvalidNameError", field: "subject" };
    await expect(history.push(subject, "a")).rejects.toMatchObject(fault);
    await expect(history.list(subject)).rejects.toMatchObject(fault);
  }
  await expect(history.push("ada", "\ud800")).rejects.toThrow(RangeError);
  for (const max of [0, -1, 1.5, Number.NaN]) expect(() => open({ max })).toThrow(RangeError);
  expect(() => open({ prefix: "a b" })).toThrow(/prefix/);
});
