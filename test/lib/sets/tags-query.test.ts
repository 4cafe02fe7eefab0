import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ItemPage, TagQuery, Tags } from "../../../lib/sets/index.ts";
import { startRedis, type TestRedis } from "../../support/redis.ts";
import { openSets } from "./open.ts";

let target: TestRedis;
beforeAll(async () => {
  target = await startRedis();
});
afterAll(() => target.close());

const open = (keys: string) => openSets(target, { keys }).tags;

/** Every page of a query. @param between runs behind each of them */
async function pages(
  tags: Tags,
  query: TagQuery,
  limit?: number,
  between: (page: ItemPage) => Promise<void> = async () => {},
): Promise<ItemPage[]> {
  const all: ItemPage[] = [];
  let after: string | undefined;
  do {
    const page = await tags.items(query, {
      ...(limit !== undefined && { limit }),
      ...(after !== undefined && { after }),
    });
    all.push(page);
    after = page.next ?? undefined;
    await between(page);
  } while (after !== undefined);
  return all;
}
const itemsOf = (all: readonly ItemPage[]) => all.flatMap(({ items }) => items);

/** Gives many items a tag at once, past the toolkit: a query looks at nothing else. */
async function fill(keys: string, tag: string, items: readonly string[]): Promise<void> {
  const key = `${target.prefix}${keys}:sets:{tags}:tag:${tag}`;
  const words = ["ZADD", key, ...items.flatMap((item) => ["0", item])];
  await target.engine.pipeline([words.map((word) => Buffer.from(word))]);
}
const numbered = (count: number, step = 1) =>
  Array.from({ length: count }, (_, i) => `i${String(i * step).padStart(6, "0")}`);
const some = (kind: string, count: number) => Array.from({ length: count }, (_, i) => `${kind}${i}`);

describe("items", () => {
  test("have all, any and none of the tags asked for, in the order of their bytes", async () => {
    const tags = open("query");
    const items = { desk: "oak sale", Chair: "oak", _sofa: "sale new", "-lamp": "new", bed: "oak sale new" };
    for (const [item, list] of Object.entries(items)) await tags.replace(item, list.split(" "));
    const asked = async (query: TagQuery) => (await tags.items(query)).items;
    expect(await asked({ all: ["oak"] })).toEqual(["Chair", "bed", "desk"]);
    expect(await asked({ all: ["oak", "sale", "oak"] })).toEqual(["bed", "desk"]);
    expect(await asked({ any: ["oak", "new"] })).toEqual(["-lamp", "Chair", "_sofa", "bed", "desk"]);
    expect(await asked({ any: ["new", "oak"], none: ["sale"] })).toEqual(["-lamp", "Chair"]);
    expect(await asked({ all: ["sale"], any: ["oak", "new"], none: ["nobody"] })).toEqual([
      "_sofa",
      "bed",
      "desk",
    ]);
    expect(await asked({ all: ["oak", "sale"], none: ["new"] })).toEqual(["desk"]);
    expect(await asked({ all: ["oak"], none: ["oak"] })).toEqual([]);
    expect(await asked({ all: ["oak", "nobody"] })).toEqual([]);
    expect(await asked({ any: ["nobody"] })).toEqual([]);
  });

  test.each([{}, { none: ["a"] }, { all: [], any: [] }])("of %j are not to be had", async (query) => {
    await expect(open("query").items(query)).rejects.toThrow(RangeError);
  });

  test("may be asked for by 20 tags, of any kind, and by no more", async () => {
    const tags = open("twenty");
    await tags.replace("desk", [...some("a", 18), "b1"]);
    expect((await tags.items({ all: some("a", 18), any: some("b", 2) })).items).toEqual(["desk"]);
    expect((await tags.items({ any: some("a", 20) })).items).toEqual(["desk"]);
    await expect(tags.items({ all: some("a", 10), any: some("b", 10), none: ["c"] })).rejects.toThrow(
      RangeError,
    );
  });

  test.each([0, -1, 1.5, 101, Number.NaN])("in a page of %s are refused", async (limit) => {
    await expect(open("query").items({ all: ["a"] }, { limit })).rejects.toThrow(RangeError);
  });
});

describe("pages", () => {
  test("hold 20 where nothing is said, and follow each other to the end", async () => {
    await fill("pages", "a", numbered(50));
    const all = await pages(open("pages"), { all: ["a"] });
    expect(all.map(({ items }) => items.length)).toEqual([20, 20, 10]);
    expect(itemsOf(all)).toEqual(numbered(50));
    expect((await pages(open("pages"), { any: ["a"] }, 50)).map(({ next }) => next)).toEqual([null]);
  });

  test("look at 1,000 items each, so one may be empty and not the last", async () => {
    const items = numbered(4_500);
    await fill("bounded", "a", items);
    await fill("bounded", "b", [...items.slice(-3), ...Array.from({ length: 5_000 }, (_, i) => `other${i}`)]);
    const all = await pages(open("bounded"), { all: ["a", "b"] });
    expect(all.map((page) => page.items.length)).toEqual([0, 0, 0, 0, 3]);
    expect(itemsOf(all)).toEqual(items.slice(-3));
  });

  test("of a rare tag and a common one look at the rare one's items alone, whichever is asked for how", async () => {
    const items = numbered(4_500);
    await fill("rare", "common", items);
    await fill("rare", "rare", items.slice(-3));
    for (const query of [{ all: ["common", "rare"] }, { all: ["common"], any: ["rare", "nobody"] }]) {
      expect(await open("rare").items(query)).toEqual({ items: items.slice(-3), next: null });
    }
  });

  test("of any of several tags leave nothing out where the tags lie far apart", async () => {
    const [every, third, late] = [numbered(900), numbered(600, 3), numbered(40, 50).slice(-20)];
    await fill("merge", "every", every);
    await fill("merge", "third", third);
    await fill("merge", "late", late);
    const wanted = [...new Set([...every, ...third, ...late])].toSorted();
    const query = { any: ["late", "every", "nobody", "third"] };
    expect(itemsOf(await pages(open("merge"), query, 100))).toEqual(wanted);
    const none = { ...query, none: ["third"] };
    const without = wanted.filter((item) => !third.includes(item));
    expect(itemsOf(await pages(open("merge"), none, 7))).toEqual(without);
  });

  test("of any of several tags answer nothing that lies beyond what they have looked at of each", async () => {
    const [dense, late] = [numbered(900), ["late1", "late2"]];
    await fill("beyond", "dense", dense);
    await fill("beyond", "late", late);
    await fill("beyond", "out", dense.slice(1));
    const all = await pages(open("beyond"), { any: ["late", "dense"], none: ["out"] });
    expect(all.map(({ items }) => items)).toEqual([["i000000"], late]);
  });

  test("go on where they ended, whatever comes and goes meanwhile", async () => {
    const tags = open("moving");
    const items = numbered(60);
    await fill("moving", "a", items);
    const all = await pages(tags, { all: ["a"] }, 10, async (page) => {
      // The last item of the page goes, and one comes on either side of it.
      const last = page.items.at(-1) ?? "";
      await tags.replace(last, ["a"]);
      await tags.replace(last, []);
      await tags.replace(`${last}.behind`, ["a"]);
      await tags.replace(`A.before.${last}`, ["a"]);
    });
    const seen = itemsOf(all);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((item) => items.includes(item))).toEqual(items);
    expect(seen.filter((item) => item.endsWith(".behind")).length).toBeGreaterThan(4);
  });
});

test(
  "any items with any tags are found by any query, page by page, as a list would be filtered",
  { timeout: 30_000 },
  async () => {
    let round = 0;
    const tag = fc.constantFrom("a", "b", "c", "d", "e");
    const few = fc.array(tag, { maxLength: 3 });
    const item = fc.stringMatching(/^[A-Za-z0-9._~:@-]{1,3}$/);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(item, fc.array(tag, { maxLength: 4 })), { maxLength: 25 }),
        fc.record({ all: few, any: few, none: few }).filter(({ all, any }) => all.length + any.length > 0),
        fc.integer({ min: 1, max: 6 }),
        async (replaced, query, limit) => {
          round += 1;
          const tags = open(`model${round}`);
          const model = new Map(replaced);
          for (const [name, list] of replaced) await tags.replace(name, list);
          const wanted = [...model]
            .filter(
              ([, has]) =>
                query.all.every((each) => has.includes(each)) &&
                (query.any.length === 0 || query.any.some((each) => has.includes(each))) &&
                !query.none.some((each) => has.includes(each)),
            )
            .map(([name]) => name);
          // Names are ASCII, so JavaScript's order is that of their bytes.
          expect(itemsOf(await pages(tags, query, limit))).toEqual(wanted.toSorted());
        },
      ),
      { numRuns: 40 },
    );
  },
);
