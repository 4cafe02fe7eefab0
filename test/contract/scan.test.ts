import { describe, expect, test } from "vitest";
import { follow, key, redis, run } from "./support.ts";

const names = (count: number, stem: string) => Array.from({ length: count }, (_, index) => `${stem}${index}`);

/** Everything a scan finds, by the cursor to its end. `each` runs between two steps. */
async function scanAll(
  step: (cursor: string) => string,
  each: (items: string[]) => Promise<unknown> = async () => {},
) {
  const found: string[] = [];
  let cursor = "0";
  do {
    const [next, items] = await run<[string, string[]]>(step(cursor));
    found.push(...items);
    await each(items);
    cursor = next;
  } while (cursor !== "0");
  return found;
}

const KINDS = [
  {
    name: "SCAN",
    fill: (items: string[]) => run(["MSET", ...items.flatMap((item) => [`@scan:${item}`, "v"])]),
    step: (cursor: string) => `SCAN ${cursor} MATCH ${key("scan:")}* COUNT 50`,
    remove: (items: string[]) => run(["DEL", ...items]),
    item: (item: string) => key(`scan:${item}`),
  },
  {
    name: "SSCAN",
    fill: (items: string[]) => run(["SADD", "@sscan", ...items]),
    step: (cursor: string) => `SSCAN @sscan ${cursor} COUNT 50`,
    remove: (items: string[]) => run(["SREM", "@sscan", ...items]),
    item: (item: string) => item,
  },
];

describe.each(KINDS)("$name", ({ fill, step, remove, item }) => {
  test("finds everything that stays, while what it found is deleted", async () => {
    const items = names(1000, "k");
    await fill(items);
    const found = await scanAll(step, (page) => (page.length > 0 ? remove(page) : Promise.resolve()));
    expect(new Set(found)).toEqual(new Set(items.map(item)));
  });

  test("finds everything that stays, while others are deleted and added", async () => {
    const stay = names(500, "stay");
    await fill(stay);
    await fill(names(500, "go"));
    let round = 0;
    const found = await scanAll(step, async () => {
      await remove(names(25, "go").map((_, index) => item(`go${(round * 25 + index) % 500}`)));
      await fill(names(10, `new${round++}-`));
    });
    const seen = new Set(found);
    expect(stay.filter((name) => !seen.has(item(name)))).toEqual([]);
  });
});

test("HSCAN finds every field, while those it found are deleted", async () => {
  await run(["HSET", "@hscan", ...names(1000, "f").flatMap((field) => [field, "v"])]);
  const fields = new Set<string>();
  await scanAll(
    (cursor) => `HSCAN @hscan ${cursor} COUNT 50`,
    async (flat) => {
      const page = flat.filter((_, index) => index % 2 === 0);
      for (const field of page) fields.add(field);
      if (page.length > 0) await run(["HDEL", "@hscan", ...page]);
    },
  );
  expect(fields).toEqual(new Set(names(1000, "f")));
});

test("ZSCAN finds every member with its score, while those it found are deleted", async () => {
  await run(["ZADD", "@zscan", ...names(1000, "m").flatMap((member, index) => [index, member])]);
  const scores = new Map<string, string>();
  await scanAll(
    (cursor) => `ZSCAN @zscan ${cursor} COUNT 50`,
    async (flat) => {
      const page = flat.filter((_, index) => index % 2 === 0);
      for (const [index, member] of page.entries()) scores.set(member, flat[index * 2 + 1] ?? "");
      if (page.length > 0) await run(["ZREM", "@zscan", ...page]);
    },
  );
  expect(scores.size).toBe(1000);
  expect(scores.get("m17")).toBe("17");
});

test("MATCH and TYPE narrow what is found", async () => {
  await follow([
    ["MSET @n:a1 v @n:a2 v @n:b1 v", "OK"],
    ["SADD @n:a3 v", 1],
    ["HSET @n:h x1 1 x2 2 y1 3", 3],
  ]);
  const found = await scanAll((cursor) => `SCAN ${cursor} MATCH ${key("n:a*")} COUNT 1000`);
  expect(new Set(found)).toEqual(new Set([key("n:a1"), key("n:a2"), key("n:a3")]));
  const sets = await scanAll((cursor) => `SCAN ${cursor} MATCH ${key("n:*")} COUNT 1000 TYPE set`);
  expect(sets).toEqual([key("n:a3")]);
  const fields = await scanAll((cursor) => `HSCAN @n:h ${cursor} MATCH x*`);
  expect(new Set(fields)).toEqual(new Set(["x1", "1", "x2", "2"]));
});

test("a scan of nothing ends at once, and a bad cursor is an error", () =>
  expect(
    follow([
      ["SSCAN @none 0", ["0", []]],
      ["HSCAN @none 0", ["0", []]],
      ["ZSCAN @none 0", ["0", []]],
      ["SCAN x", /^ERR invalid cursor$/],
      ["SSCAN @none x", /^ERR invalid cursor$/],
      ["SET @str v", "OK"],
      ["SSCAN @str 0", /^WRONGTYPE/],
      ["SCAN 0 COUNT 0", /^ERR syntax error$/],
    ]),
  ).resolves.toBeUndefined());

test("through the client", async () => {
  await redis.mset(Object.fromEntries(names(30, "c").map((name) => [key(`client:${name}`), 1])));
  const found: string[] = [];
  let cursor = "0";
  do {
    const [next, keys] = await redis.scan(cursor, { match: key("client:*"), count: 10 });
    found.push(...keys);
    cursor = next;
  } while (cursor !== "0");
  expect(new Set(found).size).toBe(30);
  await redis.hset(key("ch"), { a: 1, b: "x" });
  expect(await redis.hscan(key("ch"), 0)).toEqual(["0", ["a", 1, "b", "x"]]);
});
