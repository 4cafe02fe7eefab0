import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../../support/redis.ts";
import { openLeaderboards } from "./open.ts";

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

const members = ({ items }: { items: readonly { member: string }[] }) => items.map(({ member }) => member);
const many = (n: number, score: (i: number) => number) =>
  Array.from({ length: n }, (_, i) => ({ member: `m${i}`, score: score(i) }));

describe("a batch", () => {
  test("of 1,000 goes in one request, and tells each one's rank among all", async () => {
    const boards = openLeaderboards({ ...target, url: proxy.url });
    await boards.update("many", { member: "warm", score: -1 });
    proxy.reset();
    const answer = await boards.updateMany(
      "many",
      many(1_000, (i) => Math.floor(i / 2) * 1.5),
    );
    expect(proxy.requests).toBe(1);
    expect(answer).toEqual({
      kind: "updated",
      items: Array.from({ length: 1_000 }, (_, i) => ({
        member: `m${i}`,
        score: Math.floor(i / 2) * 1.5,
        rank: 1_000 - 2 * Math.floor(i / 2) - 1,
        changed: true,
      })),
    });
    expect(await boards.page("many", { offset: 500, limit: 2, period: "month" })).toEqual({
      total: 1_001,
      items: [
        { rank: 501, member: "m498", score: 373.5 },
        { rank: 501, member: "m499", score: 373.5 },
      ],
    });
  });

  test("is one after the other: a member may come twice, and gets what it has at the end", async () => {
    const boards = openLeaderboards(target, { ties: "earlier" });
    const twice = [
      { member: "ada", score: 5, data: 1 },
      { member: "bob", score: 7 },
      { member: "ada", score: 2, data: 2 },
      { member: "ada", score: 0 },
    ];
    expect(await boards.updateMany("twice", twice, { mode: "sum" })).toEqual({
      kind: "updated",
      items: [
        { member: "ada", score: 7, rank: 1, changed: true },
        { member: "bob", score: 7, rank: 1, changed: true },
        { member: "ada", score: 7, rank: 1, changed: true },
        { member: "ada", score: 7, rank: 1, changed: false },
      ],
    });
    // Ada has her 7 since her second update, after Bob.
    expect((await boards.page("twice")).items).toEqual([
      { rank: 1, member: "bob", score: 7 },
      { rank: 1, member: "ada", score: 7, data: 2 },
    ]);
    expect(await boards.updateMany("twice", [])).toEqual({ kind: "updated", items: [] });
    // Bob leaves his 7 and comes back to it, as in two updates.
    const away = [6, 7].map((score) => ({ member: "bob", score }));
    await boards.updateMany("twice", away, { mode: "latest" });
    expect(members(await boards.page("twice"))).toEqual(["ada", "bob"]);
  });
});

describe("a board that is full", () => {
  test("keeps its best; who falls off is told so and forgotten", async () => {
    const boards = openLeaderboards(target, { maxMembers: 3 });
    await boards.updateMany(
      "full",
      many(3, (i) => 10 * (i + 1)),
    );
    expect(await boards.update("full", { member: "low", score: 5 })).toEqual({
      kind: "updated",
      member: "low",
      score: 5,
      rank: null,
      changed: false,
    });
    expect(await boards.standing("full", "low")).toBeNull();
    expect(await boards.update("full", { member: "high", score: 25, data: "h" })).toMatchObject({ rank: 2 });
    expect(await boards.page("full")).toEqual({
      total: 3,
      items: [
        { rank: 1, member: "m2", score: 30 },
        { rank: 2, member: "high", score: 25, data: "h" },
        { rank: 3, member: "m1", score: 20 },
      ],
    });
    expect((await boards.page("full", { period: "day" })).total).toBe(3);
    // m0 had 10, and begins again at 0.
    expect(await boards.update("full", { member: "m0", score: 21, mode: "sum" })).toMatchObject({
      score: 21,
      rank: 3,
    });
    expect(members(await boards.page("full"))).toEqual(["m2", "high", "m0"]);
  });

  test("a member that gets worse than the rest of a fuller board falls off with its data", async () => {
    const boards = openLeaderboards(target, { maxMembers: 2, ties: "earlier" });
    await boards.updateMany(
      "worse",
      many(2, () => 10),
    );
    const answer = await boards.updateMany(
      "worse",
      [
        { member: "m0", score: 1, data: "gone" },
        { member: "new", score: 5 },
      ],
      { mode: "latest" },
    );
    expect(answer).toMatchObject({
      items: [
        { rank: null, changed: true },
        { rank: 2, changed: true },
      ],
    });
    expect(members(await boards.page("worse"))).toEqual(["m1", "new"]);
    await boards.update("worse", { member: "m0", score: 50 });
    expect((await boards.page("worse")).items[0]).toEqual({ rank: 1, member: "m0", score: 50 });
  });

  test("where fewer are kept than once were, it shrinks with each update until it fits", async () => {
    await openLeaderboards(target).updateMany(
      "shrinks",
      many(30, (i) => i % 7),
    );
    const boards = openLeaderboards(target, { maxMembers: 10 });
    const sizes: number[] = [];
    for (let i = 0; i < 4; i += 1) {
      await boards.update("shrinks", { member: "top", score: 100 });
      sizes.push((await boards.page("shrinks")).total);
    }
    expect(sizes).toEqual([20, 10, 10, 10]);
    const { items } = await boards.page("shrinks");
    expect(items.map(({ rank, score }) => `${rank}:${score}`)).toEqual(
      "1:100 2:6 2:6 2:6 2:6 6:5 6:5 6:5 6:5 10:4".split(" "),
    );
  });
});

describe("merged boards", () => {
  test("a member's best on any of them counts, from the first to any place, as in one list", async () => {
    let round = 0;
    const scores = fc.dictionary(
      fc.constantFrom("a", "b", "c", "d", "e", "f", "g", "h"),
      fc.integer({ min: 0, max: 6 }),
      {
        minKeys: 1,
      },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(scores, { minLength: 1, maxLength: 3 }),
        fc.nat(8),
        fc.integer({ min: 1, max: 6 }),
        fc.constantFrom("descending" as const, "ascending" as const),
        async (each, offset, limit, order) => {
          round += 1;
          const boards = openLeaderboards(target, { order, periods: {} });
          const names = each.map((_, i) => `merged:${round}:${i}`);
          const best = new Map<string, number>();
          const pick = order === "descending" ? Math.max : Math.min;
          for (const [i, board] of each.entries()) {
            const updates = Object.entries(board).map(([member, score]) => ({ member, score }));
            for (const { member, score } of updates) best.set(member, pick(score, best.get(member) ?? score));
            await boards.updateMany(names[i] ?? "", updates);
          }
          const sign = order === "descending" ? -1 : 1;
          const all = [...best].toSorted(([a, x], [b, y]) => sign * (x - y) || (a < b ? -1 : 1));
          const places = all.map(([member, score]) => ({
            rank: 1 + all.filter(([, other]) => sign * (other - score) < 0).length,
            member,
            score,
          }));
          const merged = await boards.merged(names, { offset, limit });
          expect(merged.map(({ rank, member, score }) => ({ rank, member, score }))).toEqual(
            places.slice(offset, offset + limit),
          );
          for (const { board, member, score } of merged) {
            expect(each[names.indexOf(board)]?.[member]).toBe(score);
          }
        },
      ),
      { numRuns: 25 },
    );
  }, 60_000);
});

/** The ranks that were read, and from how many states of the board their scores are. */
const seen = ({ items }: { items: readonly { rank: number; score: number }[] }) => ({
  ranks: items.map(({ rank }) => rank),
  bases: new Set(items.map(({ score }) => score - (score % 1_000))).size,
});

describe("while scores change", () => {
  test("every read is of one moment: ranks, members and total belong together", async () => {
    const start = many(12, (i) => Math.floor(i / 3));
    const ranks = [1, 1, 1, 4, 4, 4, 7, 7, 7, 10, 10, 10];
    await openLeaderboards(target, { periods: {} }).updateMany("tide", start);
    const reading = new AbortController();
    // All members go up and down together, in one update: at every moment they have the same ranks.
    const write = async () => {
      const writer = openLeaderboards(target, { periods: {} });
      for (let base = 1_000; !reading.signal.aborted; base = 1_000 - base) {
        const moved = start.map(({ member, score }) => ({ member, score: base + score }));
        await writer.updateMany("tide", moved, { mode: "latest" });
      }
    };
    const writing = write();
    const boards = openLeaderboards(target, { periods: {} });
    try {
      for (let i = 0; i < 60; i += 1) {
        const offset = i % 12;
        const page = await boards.page("tide", { offset, limit: 12 });
        expect(seen(page)).toEqual({ ranks: ranks.slice(offset), bases: 1 });
        const around = await boards.around("tide", `m${offset}`, { limit: 12 });
        expect(seen(around ?? { items: [] })).toEqual({ ranks, bases: 1 });
        const standings = await boards.standings(
          "tide",
          start.map(({ member }) => member),
        );
        expect(seen(standings)).toEqual({ ranks, bases: 1 });
      }
    } finally {
      reading.abort();
      await writing;
    }
  }, 30_000);

  test("sums from 10 isolates at once are all there", async () => {
    await Promise.all(
      Array.from({ length: 10 }, async () => {
        const boards = openLeaderboards(target);
        await Promise.all(
          Array.from({ length: 5 }, (_, i) =>
            boards.updateMany(
              "sums",
              [
                { member: "all", score: 1 },
                { member: `m${i}`, score: 2 },
              ],
              { mode: "sum" },
            ),
          ),
        );
      }),
    );
    const { items } = await openLeaderboards(target).page("sums", { period: "week" });
    expect(items.map(({ rank, score }) => [rank, score])).toEqual([
      [1, 50],
      ...Array.from({ length: 5 }, () => [2, 20]),
    ]);
  });
});

describe("a Redis that is away", () => {
  test.each([
    ["refuse", "network"],
    ["hang", "timeout"],
    ["status500", "http"],
    ["garbage", "protocol"],
  ] as const)(
    "%s: every call says so, in bounded time, and works again when it is back",
    async (mode, reason) => {
      const boards = openLeaderboards({ ...target, url: proxy.url }, { timeoutMs: 200 });
      const away = { name: "RedisUnavailableError", reason };
      proxy.mode = mode;
      const started = Date.now();
      await Promise.all(
        [
          boards.update("away", { member: "ada", score: 1 }),
          boards.page("away"),
          boards.around("away", "ada"),
          boards.standing("away", "ada"),
          boards.merged(["away", "other"]),
          boards.remove("away", "ada"),
          boards.delete("away"),
        ].map((call) => expect(call).rejects.toMatchObject(away)),
      );
      expect(Date.now() - started).toBeLessThan(1_000);
      proxy.mode = "pass";
      expect(await boards.page("away")).toEqual({ total: 0, items: [] });
    },
  );
});
