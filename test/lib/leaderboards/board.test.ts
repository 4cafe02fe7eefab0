import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { LEADERBOARD_SCRIPTS } from "../../../lib/leaderboards/index.ts";
import { startRedis, type TestRedis } from "../../support/redis.ts";
import { openLeaderboards } from "./open.ts";

let target: TestRedis;
beforeAll(async () => {
  target = await startRedis();
});
afterAll(() => target.close());

test.each(LEADERBOARD_SCRIPTS)("the SHA written beside $name is that of its text", ({ lua, sha1 }) => {
  expect(sha1).toBe(createHash("sha1").update(lua).digest("hex"));
});

let board = "b0";
let made = 0;
beforeEach(() => {
  made += 1;
  board = `b${made}`;
});

const MOST = Number.MAX_SAFE_INTEGER;
const places = ({ items }: { items: readonly { rank: number; member: string }[] }) =>
  items.map(({ rank, member }) => `${rank} ${member}`);
const scoresOf = (scores: Record<string, number>) =>
  Object.entries(scores).map(([member, score]) => ({ member, score }));

const updated = (score: number, changed: boolean) => ({
  kind: "updated",
  member: "ada",
  score,
  rank: 1,
  changed,
});

describe("an update", () => {
  test("best keeps the better score, latest the newest, sum adds", async () => {
    const boards = openLeaderboards(target);
    const up = async (score: number, mode?: "best" | "latest" | "sum") => {
      const { kind, ...rest } = await boards.update(board, { member: "ada", score, ...(mode && { mode }) });
      return { kind, ...rest };
    };
    expect(await up(10)).toEqual(updated(10, true));
    expect(await up(5)).toEqual(updated(10, false));
    expect(await up(10, "latest")).toEqual(updated(10, false));
    expect(await up(5, "latest")).toEqual(updated(5, true));
    expect(await up(-7.5, "sum")).toEqual(updated(-2.5, true));
    expect(await up(2.5, "sum")).toEqual(updated(0, true));
    expect(await up(0, "sum")).toEqual(updated(0, false));
    expect(await boards.page(board)).toEqual({ total: 1, items: [{ rank: 1, member: "ada", score: 0 }] });
  });

  test("best on an ascending board is the lower score", async () => {
    const boards = openLeaderboards(target, { order: "ascending" });
    await boards.update(board, { member: "ada", score: 61.2 });
    expect(await boards.update(board, { member: "ada", score: 63 })).toMatchObject({
      score: 61.2,
      changed: false,
    });
    expect(await boards.update(board, { member: "ada", score: 60.9 })).toMatchObject({
      score: 60.9,
      changed: true,
    });
  });

  test("a score of 0, and −0, is ranked, and equal to the other", async () => {
    const boards = openLeaderboards(target);
    expect(await boards.update(board, { member: "zero", score: 0 })).toMatchObject({ rank: 1, score: 0 });
    expect(await boards.update(board, { member: "minus", score: -0 })).toMatchObject({ rank: 1, score: 0 });
    expect(places(await boards.page(board))).toEqual(["1 minus", "1 zero"]);
    expect(Object.is((await boards.page(board)).items[0]?.score, 0)).toBe(true);
  });

  test.each(["descending", "ascending"] as const)(
    "%s: 2^53 − 1 and its neighbour are told apart",
    async (order) => {
      const boards = openLeaderboards(target, { order });
      await boards.updateMany(
        board,
        scoresOf({ a: MOST, b: MOST - 1, c: -MOST, d: 1 - MOST, e: 0.1, f: 0.1 + 2 ** -56 }),
      );
      const { items } = await boards.page(board);
      const right = [
        ["a", MOST],
        ["b", MOST - 1],
        ["f", 0.1 + 2 ** -56],
        ["e", 0.1],
        ["d", 1 - MOST],
        ["c", -MOST],
      ] as const;
      const expected = order === "descending" ? right : right.toReversed();
      expect(items).toEqual(expected.map(([member, score], i) => ({ rank: i + 1, member, score })));
    },
  );

  test.each([2 ** 53, -(2 ** 53), Number.NaN, Number.POSITIVE_INFINITY])(
    "a score of %s is none",
    async (score) => {
      const boards = openLeaderboards(target);
      await expect(boards.update(board, { member: "ada", score })).rejects.toThrow(RangeError);
      expect(await boards.page(board)).toEqual({ total: 0, items: [] });
    },
  );

  test.each([
    ["descending", MOST, 1],
    ["descending", -MOST, -1],
    ["ascending", MOST, MOST],
  ] as const)("%s: %i and %i are a sum out of range, which changes nothing", async (order, first, second) => {
    const boards = openLeaderboards(target, { order });
    await boards.update(board, { member: "ada", score: first, data: 1 });
    const refused = { kind: "out-of-range", member: "ada" };
    expect(await boards.update(board, { member: "ada", score: second, mode: "sum", data: 2 })).toEqual(
      refused,
    );
    expect(
      await boards.updateMany(board, scoresOf({ bob: 1, ada: second, eve: 2 }), { mode: "sum" }),
    ).toEqual(refused);
    expect(await boards.page(board)).toEqual({
      total: 1,
      items: [{ rank: 1, member: "ada", score: first, data: 1 }],
    });
    expect(await boards.page(board, { period: "day" })).toMatchObject({ total: 1 });
  });

  test("a sum that only a period cannot hold is refused too", async () => {
    let now = Date.UTC(2026, 10, 1, 12);
    const boards = openLeaderboards(target, { now: () => now });
    await boards.update(board, { member: "ada", score: -MOST });
    now += 86_400_000;
    await boards.update(board, { member: "ada", score: MOST, mode: "sum" });
    expect(await boards.update(board, { member: "ada", score: 1, mode: "sum" })).toMatchObject({
      kind: "out-of-range",
    });
    expect(await boards.standing(board, "ada")).toMatchObject({ score: 0 });
  });

  test("names that are none are refused by every call", async () => {
    const boards = openLeaderboards(target);
    const bad = { name: "InvalidNameError" };
    for (const name of ["", "a b", "{a}", "#", "x".repeat(129)]) {
      await expect(boards.update(name, { member: "ada", score: 1 })).rejects.toMatchObject(bad);
      await expect(boards.update(board, { member: name, score: 1 })).rejects.toMatchObject(bad);
      await expect(boards.page(name)).rejects.toMatchObject(bad);
      await expect(boards.around(board, name)).rejects.toMatchObject(bad);
      await expect(boards.standings(board, ["ada", name])).rejects.toMatchObject(bad);
      await expect(boards.remove(board, name)).rejects.toMatchObject(bad);
      await expect(boards.delete(name)).rejects.toMatchObject(bad);
    }
  });
});

describe("data", () => {
  test("comes back as it went in, is replaced by new data, and stays where none is given", async () => {
    const boards = openLeaderboards(target);
    const data = { name: 'Ada\n🪴 "x"', at: new Date(7), n: 10n ** 20n };
    await boards.update(board, { member: "ada", score: 5, data });
    expect((await boards.page(board)).items[0]?.data).toEqual(data);
    await boards.update(board, { member: "ada", score: 6 });
    expect((await boards.standing(board, "ada"))?.data).toEqual(data);
    expect(await boards.update(board, { member: "ada", score: 1, data: "new" })).toMatchObject({
      changed: false,
    });
    expect((await boards.around(board, "ada"))?.items).toEqual([
      { rank: 1, member: "ada", score: 6, data: "new" },
    ]);
    await boards.update(board, { member: "bob", score: 1 });
    expect((await boards.page(board)).items[1]).toEqual({ rank: 2, member: "bob", score: 1 });
    await boards.update(board, { member: "bob", score: 1, data: null });
    expect((await boards.page(board)).items[1]).toEqual({ rank: 2, member: "bob", score: 1, data: null });
  });

  test("stands on a new day's board though it was given the day before", async () => {
    let now = Date.UTC(2026, 10, 1, 12);
    const boards = openLeaderboards(target, { now: () => now });
    await boards.update(board, { member: "ada", score: 5, data: "Ada" });
    now += 86_400_000;
    await boards.update(board, { member: "ada", score: 1 });
    expect((await boards.page(board, { period: "day" })).items).toEqual([
      { rank: 1, member: "ada", score: 1, data: "Ada" },
    ]);
  });
});

describe("reading", () => {
  const some = { a: 50, b: 40, c: 40, d: 40, e: 30, f: 20, g: 20, h: 10 };
  const all = ["1 a", "2 b", "2 c", "2 d", "5 e", "6 f", "6 g", "8 h"];

  test("a page that begins among equals has their rank", async () => {
    const boards = openLeaderboards(target);
    await boards.updateMany(board, scoresOf(some));
    for (let offset = 0; offset < 10; offset += 1) {
      const page = await boards.page(board, { offset, limit: 3 });
      expect(page.total).toBe(8);
      expect(places(page)).toEqual(all.slice(offset, offset + 3));
    }
  });

  test("around a member: in the middle, moved inward at the ends", async () => {
    const boards = openLeaderboards(target);
    await boards.updateMany(board, scoresOf(some));
    const around = async (member: string, limit: number) => {
      const page = await boards.around(board, member, { limit });
      return page && { total: page.total, first: places(page)[0], length: page.items.length };
    };
    expect(await around("d", 3)).toEqual({ total: 8, first: "2 c", length: 3 });
    expect(await around("a", 3)).toEqual({ total: 8, first: "1 a", length: 3 });
    expect(await around("h", 3)).toEqual({ total: 8, first: "6 f", length: 3 });
    expect(await around("g", 5)).toEqual({ total: 8, first: "2 d", length: 5 });
    expect(await around("d", 1)).toEqual({ total: 8, first: "2 d", length: 1 });
    expect(await around("e", 11)).toEqual({ total: 8, first: "1 a", length: 8 });
    expect(await around("nobody", 3)).toBeNull();
  });

  test("standing: score, rank, percentile and total; nobody is null", async () => {
    const boards = openLeaderboards(target);
    await boards.updateMany(board, scoresOf(some));
    expect(await boards.standing(board, "c")).toEqual({
      rank: 2,
      member: "c",
      score: 40,
      percentile: 87.5,
      total: 8,
    });
    expect(await boards.standing(board, "a")).toMatchObject({ percentile: 100 });
    expect(await boards.standing(board, "h")).toMatchObject({ percentile: 12.5 });
    expect(await boards.standing(board, "nobody")).toBeNull();
    const times = openLeaderboards(target, { order: "ascending" });
    await times.updateMany(`${board}:times`, scoresOf(some));
    expect(await times.standing(`${board}:times`, "f")).toMatchObject({ rank: 2, percentile: 37.5 });
  });

  test("some members alone have their ranks on the whole board, the best first", async () => {
    const boards = openLeaderboards(target);
    await boards.updateMany(board, scoresOf(some));
    const { total, items } = await boards.standings(board, ["h", "d", "nobody", "b", "d"]);
    expect(total).toBe(8);
    expect(places({ items })).toEqual(["2 b", "2 d", "8 h"]);
    expect(await boards.standings(board, [])).toEqual({ total: 8, items: [] });
  });

  test("a board nobody wrote is empty", async () => {
    const boards = openLeaderboards(target);
    const empty = { total: 0, items: [] };
    expect(await boards.page(board)).toEqual(empty);
    expect(await boards.standings(board, ["ada"])).toEqual(empty);
    expect(await boards.around(board, "ada")).toBeNull();
    expect(await boards.page(board, { period: "month", at: new Date(0) })).toEqual(empty);
    expect(await boards.merged([board])).toEqual([]);
  });

  test("numbers that are none are refused", async () => {
    const boards = openLeaderboards(target);
    await expect(boards.page(board, { offset: -1 })).rejects.toThrow(RangeError);
    await expect(boards.page(board, { limit: 0 })).rejects.toThrow(RangeError);
    await expect(boards.page(board, { limit: 1_001 })).rejects.toThrow(RangeError);
    await expect(boards.around(board, "a", { limit: 1.5 })).rejects.toThrow(RangeError);
    await expect(boards.merged([])).rejects.toThrow(RangeError);
    await expect(boards.merged([board], { offset: 995, limit: 10 })).rejects.toThrow(RangeError);
    await expect(
      boards.updateMany(
        board,
        Array.from({ length: 1_001 }, () => ({ member: "a", score: 1 })),
      ),
    ).rejects.toThrow(RangeError);
    expect(() => openLeaderboards(target, { maxMembers: 0 })).toThrow(RangeError);
    expect(() => openLeaderboards(target, { periods: { day: -1 } })).toThrow(RangeError);
  });
});

describe("equals", () => {
  test("the earlier stands first where asked, and keeps its place until its score changes", async () => {
    const boards = openLeaderboards(target, { ties: "earlier" });
    for (const member of ["zoe", "ada", "bob"])
      await boards.update(board, { member, score: 10, data: member });
    expect(places(await boards.page(board))).toEqual(["1 zoe", "1 ada", "1 bob"]);
    await boards.update(board, { member: "zoe", score: 10, mode: "latest", data: "again" });
    await boards.update(board, { member: "ada", score: 3 });
    expect(places(await boards.page(board))).toEqual(["1 zoe", "1 ada", "1 bob"]);
    await boards.update(board, { member: "zoe", score: 11, mode: "latest" });
    await boards.update(board, { member: "zoe", score: 10, mode: "latest" });
    expect(places(await boards.page(board))).toEqual(["1 ada", "1 bob", "1 zoe"]);
    expect(places((await boards.around(board, "bob", { limit: 1 })) ?? { items: [] })).toEqual(["1 bob"]);
    expect(places(await boards.standings(board, ["zoe", "bob"]))).toEqual(["1 bob", "1 zoe"]);
    expect((await boards.page(board)).items.map(({ data }) => data)).toEqual(["ada", "bob", "again"]);
    expect(await boards.around(board, "nobody")).toBeNull();
    await boards.remove(board, "ada");
    expect(places(await boards.page(board))).toEqual(["1 bob", "1 zoe"]);
  });
});
