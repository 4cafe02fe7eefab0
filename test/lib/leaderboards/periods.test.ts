import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createClock } from "../../support/cache.ts";
import { startRedis, type TestRedis } from "../../support/redis.ts";
import { openLeaderboards } from "./open.ts";

let target: TestRedis;
beforeAll(async () => {
  target = await startRedis();
});
afterAll(() => target.close());

const members = ({ items }: { items: readonly { member: string }[] }) => items.map(({ member }) => member);

/** The Redis keys of a board that are there, without what stands before the board. */
async function keysOf(board: string): Promise<string[]> {
  const before = `${target.prefix}:leaderboard:{${board}}`;
  const [keys] = await target.engine.pipeline([[Buffer.from("KEYS"), Buffer.from(`${before}*`)]]);
  return (keys as Buffer[]).map((key) => key.toString().slice(before.length)).toSorted();
}

async function ttlOf(key: string): Promise<number> {
  const [ttl] = await target.engine.pipeline([[Buffer.from("PTTL"), Buffer.from(key)]]);
  return Number(ttl);
}

describe("a period in UTC", () => {
  test.each([
    ["day", "2026-11-01T23:59:59.999Z"],
    ["week", "2026-11-01T23:59:59.999Z"],
    ["week", "2027-01-03T23:59:59.999Z"],
    ["month", "2026-11-30T23:59:59.999Z"],
    ["month", "2028-02-29T23:59:59.999Z"],
    ["month", "2026-12-31T23:59:59.999Z"],
  ] as const)("the %s of %s ends with that millisecond; `at` reads it still", async (period, end) => {
    const board = `border:${period}:${end.slice(0, 10)}`;
    const clock = createClock(Date.parse(end));
    const boards = openLeaderboards(target, { now: clock.now });
    await boards.update(board, { member: "before", score: 1 });
    clock.advance(0.001);
    await boards.update(board, { member: "after", score: 2 });

    expect(members(await boards.page(board, { period }))).toEqual(["after"]);
    expect(members(await boards.page(board, { period, at: new Date(end) }))).toEqual(["before"]);
    expect(members(await boards.page(board))).toEqual(["after", "before"]);
    expect(await boards.around(board, "before", { period })).toBeNull();
    expect(await boards.standing(board, "before", { period, at: Date.parse(end) })).toMatchObject({
      rank: 1,
      total: 1,
    });
  });

  test("a week goes from Monday to Sunday, across a year's end", async () => {
    const clock = createClock(Date.parse("2026-12-28T00:00:00Z"));
    const boards = openLeaderboards(target, { now: clock.now });
    for (const day of ["mon", "tue", "wed", "thu", "fri", "sat", "sun", "next"]) {
      await boards.update("week", { member: day, score: 1 });
      clock.advance(86_400);
    }
    const at = new Date("2027-01-01");
    expect(members(await boards.page("week", { period: "week", at }))).toEqual(
      ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].toSorted(),
    );
  });

  test("one update writes all of them, each with its own best", async () => {
    const clock = createClock(Date.parse("2026-11-03T12:00:00Z"));
    const boards = openLeaderboards(target, { now: clock.now });
    await boards.update("own", { member: "ada", score: 9 });
    clock.advance(86_400);
    expect(await boards.update("own", { member: "ada", score: 4 })).toMatchObject({
      score: 9,
      changed: false,
    });
    expect((await boards.page("own", { period: "day" })).items).toMatchObject([{ score: 4 }]);
    expect((await boards.page("own", { period: "week" })).items).toMatchObject([{ score: 9 }]);
    expect(await keysOf("own")).toEqual([
      "",
      ":day:2026-11-03",
      ":day:2026-11-03:index",
      ":day:2026-11-04",
      ":day:2026-11-04:index",
      ":index",
      ":month:2026-11-01",
      ":month:2026-11-01:index",
      ":week:2026-11-02",
      ":week:2026-11-02:index",
    ]);
  });

  test("expires, places and index together, when as many more have ended as are kept; the whole board never", async () => {
    const now = Date.parse("2026-11-03T12:00:00Z");
    const boards = openLeaderboards(target, { now: () => now, periods: { day: 2, week: 0, month: 1 } });
    await boards.update("expires", { member: "ada", score: 9 });
    await boards.update("expires", { member: "ada", score: 10 });
    const key = `${target.prefix}:leaderboard:{expires}`;
    for (const [part, end] of [
      [":day:2026-11-03", "2026-11-06"],
      [":week:2026-11-02", "2026-11-09"],
      [":month:2026-11-01", "2027-01-01"],
    ] as const) {
      for (const each of [key + part, `${key}${part}:index`]) {
        const left = Date.parse(end) - now - (await ttlOf(each));
        expect(left, each).toBeGreaterThanOrEqual(0);
        expect(left, each).toBeLessThan(10_000);
      }
    }
    expect(await ttlOf(key)).toBe(-1);
    expect(await ttlOf(`${key}:index`)).toBe(-1);
  });

  test("none is written where none is asked for", async () => {
    const boards = openLeaderboards(target, { periods: {} });
    await boards.update("plain", { member: "ada", score: 9 });
    expect(await keysOf("plain")).toEqual(["", ":index"]);
  });
});

describe("taking away", () => {
  test("a member goes from the board, its running periods and those still kept, and from no other board", async () => {
    const clock = createClock(Date.parse("2026-11-03T12:00:00Z"));
    const boards = openLeaderboards(target, { now: clock.now });
    const started = clock.now();
    const pair = [
      { member: "ada", score: 2 },
      { member: "bob", score: 1 },
    ];
    await boards.updateMany("leave", pair);
    await boards.updateMany("leave:not", pair);
    clock.advance(20 * 86_400);
    await boards.updateMany("leave", pair);
    expect(await boards.remove("leave", "ada")).toBe(true);
    expect(await boards.remove("leave", "ada")).toBe(false);
    for (const scope of [
      {},
      ...(["day", "week", "month"] as const).flatMap((period) => [{ period }, { period, at: started }]),
    ]) {
      expect((await boards.page("leave", scope)).items).toEqual([{ rank: 1, member: "bob", score: 1 }]);
    }
    expect(members(await boards.page("leave:not"))).toEqual(["ada", "bob"]);
    expect(await boards.update("leave", { member: "ada", score: -5 })).toMatchObject({ score: -5, rank: 2 });
  });

  test("a deleted board leaves no key, of no period, and may begin anew", async () => {
    const clock = createClock(Date.parse("2026-11-03T12:00:00Z"));
    const boards = openLeaderboards(target, { now: clock.now });
    await boards.update("over", { member: "ada", score: 2, data: "x" });
    clock.advance(25 * 86_400);
    await boards.update("over", { member: "ada", score: 2 });
    // An isolate whose clock is ahead has begun the next day already.
    await openLeaderboards(target, { now: () => clock.now() + 86_400_000 }).update("over", {
      member: "ada",
      score: 2,
    });
    await boards.update("over:not", { member: "ada", score: 2 });
    await boards.delete("over");
    expect(await keysOf("over")).toEqual([]);
    expect(await boards.page("over")).toEqual({ total: 0, items: [] });
    expect((await boards.page("over:not")).total).toBe(1);
    await boards.update("over", { member: "ada", score: 1 });
    expect((await boards.page("over")).items).toEqual([{ rank: 1, member: "ada", score: 1 }]);
  });
});
