import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createFollows } from "../../lib/sets/index.ts";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../support/redis.ts";
import { openSets } from "../lib/sets/open.ts";
import { BOB, createBrowser, signedIn, signUp, type Browser } from "./support/browser.ts";
import { createHarness, problemOf, type Harness, type HarnessOptions } from "./support/harness.ts";

let redis: TestRedis;
let proxy: FaultProxy;
let harness: Harness;
let prefix = "";
let tests = 0;
let now = Date.UTC(2026, 10, 1);
/** Ada's browser, and the ids of three users. */
let browser: Browser;
let ada = "";
let bob = "";
let eve = "";

const EVE = { email: "eve@example.com", name: "Eve", password: "a password of her own" };

const open = (options: Partial<HarnessOptions> = {}) =>
  createHarness({
    redis,
    prefix,
    adapt: (services) => ({
      ...services,
      follows: createFollows({ redis: services.redis, prefix, maxFollowing: 2, now: () => now }),
    }),
    ...options,
  });

beforeAll(async () => {
  redis = await startRedis();
  proxy = await startFaultProxy(redis.url);
});
afterAll(async () => {
  await proxy.close();
  await redis.close();
});
beforeEach(async () => {
  proxy.mode = "pass";
  tests += 1;
  prefix = `${redis.prefix}follows${tests}`;
  now = Date.UTC(2026, 10, 1);
  harness = open();
  [ada, bob, eve] = [await signUp(harness), await signUp(harness, BOB), await signUp(harness, EVE)];
  browser = await signedIn(harness);
});

const path = (other: string, id = ada) => `/v1/users/${id}/following/${other}`;
const follow = (other: string, id = ada, by = browser) => by.send("PUT", path(other, id));
const unfollow = (other: string, id = ada, by = browser) => by.send("DELETE", path(other, id));
const read = async (rest: string) => (await harness.request(`/v1/users/${rest}`)).json<unknown>();
const none = { items: [], total: 0, next: null };
const page = async (rest: string) =>
  (await harness.request(`/v1/users/${rest}`)).json<{
    items: { id: string }[];
    total: number;
    next: string | null;
  }>();

describe("PUT and DELETE /v1/users/{id}/following/{other}", () => {
  test("are 204s that follow and stop, as often as they come", async () => {
    for (let i = 0; i < 2; i += 1) expect((await follow(bob)).status).toBe(204);
    now += 60_000;
    expect((await follow(eve)).status).toBe(204);
    expect(await read(`${ada}/following`)).toEqual({
      items: [
        { id: eve, since: "2026-11-01T00:01:00.000Z" },
        { id: bob, since: "2026-11-01T00:00:00.000Z" },
      ],
      total: 2,
      next: null,
    });
    expect(await read(`${bob}/followers`)).toEqual({
      items: [{ id: ada, since: "2026-11-01T00:00:00.000Z" }],
      total: 1,
      next: null,
    });
    for (let i = 0; i < 2; i += 1) expect((await unfollow(bob)).status).toBe(204);
    expect(await read(`${bob}/followers`)).toEqual(none);
    expect(await read(`${ada}/following`)).toMatchObject({ items: [{ id: eve }], total: 1 });
    expect((await unfollow("nobody")).status).toBe(204);
  });

  test("are a 403 with another's id, and change nothing", async () => {
    for (const response of [await follow(eve, bob), await unfollow(eve, bob), await follow("%20", bob)]) {
      expect(response.status).toBe(403);
      expect((await problemOf(response)).type).toMatch(/#forbidden$/);
    }
    expect(await read(`${bob}/following`)).toEqual(none);
  });

  test("are a 401 without a session, also with another's id, and a 403 from a page elsewhere", async () => {
    const anybody = createBrowser(harness);
    for (const id of [ada, bob]) {
      expect((await follow(eve, id, anybody)).status).toBe(401);
      expect((await unfollow(eve, id, anybody)).status).toBe(401);
    }
    for (const headers of [{ Origin: "https://shop.example" }, { "Sec-Fetch-Site": "cross-site" }]) {
      expect((await browser.send("PUT", path(bob), undefined, headers)).status).toBe(403);
      expect((await browser.send("DELETE", path(bob), undefined, headers)).status).toBe(403);
    }
    expect(await read(`${ada}/following`)).toEqual(none);
  });

  test("PUT is a 404 where there is no such user, a 400 for oneself, a 409 beyond as many as one may follow", async () => {
    expect((await follow("nobody")).status).toBe(404);
    const self = await follow(ada);
    expect(self.status).toBe(400);
    expect((await problemOf(self)).errors?.[0]?.path).toBe("other");
    const dan = await signUp(harness, { ...EVE, email: "dan@example.com" });
    for (const other of [bob, eve, bob]) expect((await follow(other)).status).toBe(204);
    const full = await follow(dan);
    expect(full.status).toBe(409);
    expect((await problemOf(full)).type).toMatch(/#conflict$/);
    expect(await read(`${ada}/following`)).toMatchObject({ total: 2 });
    expect(await read(`${dan}/followers`)).toEqual(none);
  });

  test.each(["%20", "a%2Fb", "%7Ba%7D", "%E0%A4%A", "a".repeat(129)])(
    "with %s are a 400 that says where",
    async (bad) => {
      for (const [field, other, id] of [
        ["other", bad, ada],
        ["id", bob, bad],
      ] as const) {
        for (const response of [await follow(other, id), await unfollow(other, id)]) {
          expect(response.status).toBe(400);
          expect((await problemOf(response)).errors?.map((error) => error.path)).toEqual([field]);
        }
      }
    },
  );
});

describe("GET /v1/users/{id}/following, /followers and /mutual", () => {
  test("answer 20 where no number is asked for, and go on page by page", async () => {
    const { follows } = openSets({ ...redis, prefix });
    const users = Array.from({ length: 30 }, (_, i) => `u${i}`);
    for (const user of users) {
      await follows.follow(ada, user);
      await follows.follow(user, ada);
      await follows.follow(bob, user);
    }
    for (const list of [`${ada}/following?`, `${ada}/followers?`, `${ada}/mutual?with=${bob}&`]) {
      const first = await page(list);
      expect([first.items.length, first.total]).toEqual([20, 30]);
      const second = await page(`${list}limit=7&cursor=${first.next}`);
      expect([second.items.length, second.total]).toEqual([7, 30]);
      const third = await page(`${list}limit=7&cursor=${second.next}`);
      expect([third.items.length, third.next]).toEqual([3, null]);
      const ids = [first, second, third].flatMap(({ items }) => items.map(({ id }) => id));
      expect(ids).toEqual(users.toReversed());
    }
  });

  test("mutual names whom both follow, without since", async () => {
    const other = await signedIn(harness, BOB);
    await follow(eve);
    await follow(bob);
    await follow(eve, bob, other);
    expect(await read(`${ada}/mutual?with=${bob}`)).toEqual({ items: [{ id: eve }], total: 1, next: null });
    expect(await read(`${ada}/mutual?with=${eve}`)).toEqual(none);
  });

  test("are a 404 where there is no such user", async () => {
    for (const rest of [
      "nobody/following",
      "nobody/followers",
      `nobody/mutual?with=${ada}`,
      `${ada}/mutual?with=nobody`,
    ]) {
      expect((await harness.request(`/v1/users/${rest}`)).status, rest).toBe(404);
    }
  });

  test("cost one trip, that of the look whether there is such a user", async () => {
    await read(`${ada}/following`);
    const { headers } = await harness.request(`/v1/users/${ada}/following`);
    expect(headers.get("Server-Timing")).toContain('desc="trips=1 commands=3"');
  });

  test.each([
    ["limit", "following?limit=0"],
    ["limit", "followers?limit=101"],
    ["cursor", "followers?cursor=1"],
    ["cursor", "following?cursor=a&cursor=b"],
    ["with", "mutual"],
    ["with", "mutual?with=a%20b"],
    ["limit", "mutual?with=ada&limit=x"],
  ])("with a bad %s (%s) are a 400 that names it", async (field, rest) => {
    const response = await harness.request(`/v1/users/${ada}/${rest}`);
    expect(response.status).toBe(400);
    expect((await problemOf(response)).errors?.map((error) => error.path)).toEqual([field]);
  });
});

test.each(["refuse", "hang", "status500", "garbage"] as const)(
  "with a Redis that does %s, every call is a 503, and nothing has changed",
  async (mode) => {
    await follow(bob);
    proxy.mode = mode;
    const target = { url: proxy.url, token: redis.token };
    const away = open({ redis: target, sql: harness.sql, redisTimeoutMs: 100 });
    const theirs = Object.assign(createBrowser(away), { token: browser.token });
    for (const [method, rest] of [
      ["PUT", `following/${eve}`],
      ["DELETE", `following/${bob}`],
      ["GET", "following"],
      ["GET", "followers"],
      ["GET", `mutual?with=${bob}`],
    ] as const) {
      const response = await theirs.send(method, `/v1/users/${ada}/${rest}`);
      expect(response.status, `${method} ${rest}`).toBe(503);
      expect(Number(response.headers.get("Retry-After"))).toBeGreaterThan(0);
    }
    expect(await read(`${ada}/following`)).toMatchObject({ items: [{ id: bob }], total: 1 });
    expect(await read(`${eve}/followers`)).toEqual(none);
  },
);
