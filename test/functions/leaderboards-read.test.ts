import { beforeEach, describe, expect, test } from "vitest";
import { createLeaderboards } from "../../lib/leaderboards/index.ts";
import { useApi } from "./support/api.ts";
import { problemOf } from "./support/harness.ts";

/** A Sunday, a second before midnight. */
const NOW = Date.UTC(2026, 10, 1, 23, 59, 59);
let now = NOW;
beforeEach(() => {
  now = NOW;
});
const api = useApi(() => ({
  adapt: (services) => ({
    ...services,
    leaderboards: createLeaderboards({ redis: services.redis, prefix: services.prefix, now: () => now }),
  }),
}));

interface Page {
  board: string;
  total: number;
  items: { rank: number; member: string; score: number; data?: unknown }[];
}
const get = (path: string) => api.request(`/v1/leaderboards/${path}`);
const read = async (path: string) => (await get(path)).json<Page>();
const members = async (path: string) => (await read(path)).items.map(({ member }) => member);
const put = (items: { member: string; score: number }[], mode = "best") =>
  api.send("POST", "/v1/leaderboards/chess/scores", { mode, items });
/** m0 is first, m1 behind it… */
const fill = (n: number) => put(Array.from({ length: n }, (_, i) => ({ member: `m${i}`, score: n - i })));

const TIED = [
  { member: "ada", score: 30 },
  { member: "bob", score: 20 },
  { member: "cyd", score: 20 },
  { member: "dan", score: 10 },
];

describe("GET /v1/leaderboards/{board}", () => {
  test("that nobody wrote is empty", async () => {
    expect(await read("nobody")).toEqual({ board: "nobody", total: 0, items: [] });
  });

  test("has the best first; equals share a rank", async () => {
    await put(TIED);
    expect(await read("chess")).toEqual({
      board: "chess",
      total: 4,
      items: [
        { rank: 1, member: "ada", score: 30 },
        { rank: 2, member: "bob", score: 20 },
        { rank: 2, member: "cyd", score: 20 },
        { rank: 4, member: "dan", score: 10 },
      ],
    });
    expect((await read("chess?offset=2&limit=1")).items).toEqual([{ rank: 2, member: "cyd", score: 20 }]);
  });

  test("shows 10 where nothing is said, and any stretch that is asked for", async () => {
    await fill(120);
    expect(await members("chess")).toHaveLength(10);
    expect(await members("chess?limit=100")).toHaveLength(100);
    expect(await members("chess?offset=118")).toEqual(["m118", "m119"]);
    expect(await read("chess?offset=999999999999999")).toEqual({ board: "chess", total: 120, items: [] });
  });

  test("costs one trip and 3 commands, and around a member 4", async () => {
    await fill(20);
    for (const [path, commands] of [
      ["chess", 3],
      ["chess?members=m1,m2", 3],
      ["chess/members/m1", 3],
      ["chess?around=m9", 4],
    ] as const) {
      await get(path);
      const timing = (await get(path)).headers.get("Server-Timing");
      expect(timing, path).toContain(`trips=1 commands=${commands}`);
    }
  });
});

describe("GET /v1/leaderboards/{board}?around={member}", () => {
  test("has the member in the middle, moved inward at the ends of the board", async () => {
    await fill(20);
    expect((await members("chess?around=m9")).at(5)).toBe("m9");
    expect(await members("chess?around=m9&limit=3")).toEqual(["m8", "m9", "m10"]);
    expect(await members("chess?around=m0&limit=3")).toEqual(["m0", "m1", "m2"]);
    expect(await members("chess?around=m19&limit=3")).toEqual(["m17", "m18", "m19"]);
    expect(await members("chess?around=m3&limit=100")).toHaveLength(20);
    expect(await read("chess?around=m9&limit=1")).toMatchObject({ total: 20, items: [{ rank: 10 }] });
  });

  test("is a 404 where the member is not on the board", async () => {
    await fill(2);
    for (const path of ["chess?around=eve", "nobody?around=m0"]) {
      const response = await get(path);
      expect(response.status).toBe(404);
      expect((await problemOf(response)).type).toMatch(/#not-found$/);
    }
  });
});

describe("GET /v1/leaderboards/{board}?members=", () => {
  test("has those alone, the best first, with their ranks on the whole board", async () => {
    await put(TIED);
    expect(await read("chess?members=dan,cyd,eve,cyd")).toEqual({
      board: "chess",
      total: 4,
      items: [
        { rank: 2, member: "cyd", score: 20 },
        { rank: 4, member: "dan", score: 10 },
      ],
    });
    expect(await read("chess?members=eve")).toEqual({ board: "chess", total: 4, items: [] });
  });
});

describe("GET /v1/leaderboards/{board}/members/{member}", () => {
  test("is how the member stands, with the share of members not above", async () => {
    await put(TIED);
    expect(await (await get("chess/members/cyd")).json()).toEqual({
      member: "cyd",
      score: 20,
      rank: 2,
      percentile: 75,
      total: 4,
    });
    expect(await (await get("chess/members/ada")).json()).toMatchObject({ rank: 1, percentile: 100 });
    expect(await (await get("chess/members/dan")).json()).toMatchObject({ rank: 4, percentile: 25 });
  });

  test("is a 404 where it is not on the board", async () => {
    expect((await get("chess/members/ada")).status).toBe(404);
  });
});

describe("a period", () => {
  test("is the running one in UTC, weeks from Monday, or the one of a day", async () => {
    await put([{ member: "ada", score: 10 }], "sum");
    now += 2_000;
    await put([{ member: "ada", score: 7 }], "sum");
    const scoreOf = async (query: string) => (await read(`chess${query}`)).items[0]?.score;
    expect(await scoreOf("")).toBe(17);
    expect(await scoreOf("?period=day")).toBe(7);
    expect(await scoreOf("?period=day&at=2026-11-02")).toBe(7);
    expect(await scoreOf("?period=day&at=2026-11-01")).toBe(10);
    expect(await scoreOf("?period=week")).toBe(7);
    expect(await scoreOf("?period=week&at=2026-10-26")).toBe(10);
    expect(await scoreOf("?period=month&at=2026-11-30")).toBe(17);
    expect(await scoreOf("?period=month&at=2026-10-31")).toBeUndefined();
    expect(await read("chess?period=day&at=1970-01-01")).toEqual({ board: "chess", total: 0, items: [] });
    expect((await get("chess?period=week&at=1970-01-01")).status).toBe(200);
    expect((await get("chess?period=month&at=9999-12-31")).status).toBe(200);
  });

  test("is read around a member, for some members and for one too", async () => {
    await put([{ member: "ada", score: 10 }], "latest");
    now += 2_000;
    await put([{ member: "ada", score: 7 }], "latest");
    const yesterday = "period=day&at=2026-11-01";
    expect((await read(`chess?around=ada&${yesterday}`)).items[0]?.score).toBe(10);
    expect((await read(`chess?members=ada&${yesterday}`)).items[0]?.score).toBe(10);
    expect(await (await get(`chess/members/ada?${yesterday}`)).json()).toMatchObject({ score: 10 });
    expect((await get("chess/members/ada?period=day&at=2026-10-01")).status).toBe(404);
  });
});

const hundredAndOne = Array.from({ length: 101 }, (_, i) => `m${i}`).join(",");

test.each([
  ["limit", "limit=0"],
  ["limit", "limit=101"],
  ["limit", "limit=ten"],
  ["limit", "limit=1&limit=2"],
  ["offset", "offset=-1"],
  ["offset", "offset=1.5"],
  ["offset", "offset=9999999999999999"],
  ["around", "around="],
  ["around", "around=a%20b"],
  ["members", "members="],
  ["members", "members=a,,b"],
  ["members", `members=${hundredAndOne}`],
  ["period", "period=year"],
  ["at", "period=day&at=yesterday"],
  ["at", "period=day&at=2026-02-30"],
  ["at", "period=day&at=2026-13-01"],
  ["at", "period=day&at=2026-11-01T00:00:00Z"],
  ["at", "period=day&at=1969-12-31"],
  ["at", "period=day&at=1793712000000"],
  ["at", "at=2026-11-01"],
  ["offset", "around=ada&offset=1"],
  ["members", "around=ada&members=ada"],
  ["members", "members=ada&offset=1"],
  ["members", "members=ada&limit=1"],
])("a bad %s (?%s) is a 400 that names it", async (field, query) => {
  const response = await get(`chess?${query}`);
  expect(response.status).toBe(400);
  expect((await problemOf(response)).errors?.map(({ path }) => path)).toEqual([field]);
});

test("a member's standing takes no bad period or day either", async () => {
  for (const query of ["period=year", "at=2026-11-01", "period=day&at=2026-02-30"]) {
    expect((await get(`chess/members/ada?${query}`)).status).toBe(400);
  }
});

test("anyone may read, from the caller's own limit", async () => {
  const response = await get("chess");
  expect(response.headers.get("RateLimit-Policy")).toContain('"public"');
});
