import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PageOptions, UserPage } from "../../../lib/sets/index.ts";
import { createClock } from "../../support/clock.ts";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../../support/redis.ts";
import { openSets, type OpenOptions } from "./open.ts";

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

const open = (keys: string, options: OpenOptions = {}) => openSets(target, { keys, ...options }).follows;
const idsOf = ({ items }: UserPage<{ id: string }>) => items.map(({ id }) => id);
const users = (count: number) => Array.from({ length: count }, (_, i) => `u${i}`);
const minuteAt = (minute: number) => new Date(Date.UTC(2026, 10, 1, 0, minute));

/** All pages of a list. */
async function every<T>(
  list: (page: PageOptions) => Promise<UserPage<T>>,
  limit: number,
  between: () => Promise<unknown> = async () => {},
): Promise<T[]> {
  const all: T[] = [];
  let before: number | undefined;
  do {
    const page = await list({ limit, ...(before !== undefined && { before }) });
    all.push(...page.items);
    before = page.next ?? undefined;
    await between();
  } while (before !== undefined);
  return all;
}

describe("who follows", () => {
  test("is in both lists, since when, the last one first", async () => {
    const clock = createClock(Date.UTC(2026, 10, 1));
    const follows = open("both", { now: clock.now });
    expect(await follows.follow("ada", "bob")).toBe("following");
    clock.advance(60);
    await follows.follow("ada", "eve");
    clock.advance(60);
    await follows.follow("bob", "eve");
    expect(await follows.following("ada")).toEqual({
      items: [
        { id: "eve", since: minuteAt(1) },
        { id: "bob", since: minuteAt(0) },
      ],
      total: 2,
      next: null,
    });
    expect(await follows.followers("eve")).toEqual({
      items: [
        { id: "bob", since: minuteAt(2) },
        { id: "ada", since: minuteAt(1) },
      ],
      total: 2,
      next: null,
    });
    expect(await follows.followers("ada")).toEqual({ items: [], total: 0, next: null });
  });

  test("again stays where they are; who stops is in neither list, and last again when they come back", async () => {
    const clock = createClock();
    const follows = open("again", { now: clock.now });
    for (const other of ["bob", "eve"]) await follows.follow("ada", other);
    const { items } = await follows.following("ada");
    clock.advance(60);
    await follows.follow("ada", "bob");
    expect((await follows.following("ada")).items).toEqual(items);
    for (let i = 0; i < 2; i += 1) await follows.unfollow("ada", "bob");
    expect(idsOf(await follows.following("ada"))).toEqual(["eve"]);
    expect(await follows.followers("bob")).toEqual({ items: [], total: 0, next: null });
    await follows.follow("ada", "bob");
    expect(idsOf(await follows.following("ada"))).toEqual(["bob", "eve"]);
  });

  test("cannot follow themselves", async () => {
    await expect(open("self").follow("ada", "ada")).rejects.toThrow(RangeError);
  });

  test("follows as many as one may and no more, however many come at once, until one is given up", async () => {
    const isolates = users(12).map((user) => open("full", { maxFollowing: 5 }).follow("ada", user));
    const answers = await Promise.all(isolates);
    expect(answers.filter((answer) => answer === "following")).toHaveLength(5);
    const follows = open("full", { maxFollowing: 5 });
    const following = idsOf(await follows.following("ada"));
    expect(following).toHaveLength(5);
    const [first = ""] = following;
    expect(await follows.follow("ada", first)).toBe("following");
    expect(await follows.follow("ada", "another")).toBe("full");
    expect(await follows.followers("another")).toMatchObject({ total: 0 });
    await follows.unfollow("ada", first);
    expect(await follows.follow("ada", "another")).toBe("following");
  });

  test("is never in one list alone, whatever runs at once", async () => {
    const pairs = users(6).flatMap((user) => users(6).map((other) => [user, other] as const));
    await Promise.all(
      Array.from({ length: 8 }, async (_, isolate) => {
        const follows = open("races");
        for (const [i, [user, other]] of pairs.entries()) {
          if (user === other) continue;
          if ((i + isolate) % 3 === 0) await follows.unfollow(user, other);
          else await follows.follow(user, other);
        }
      }),
    );
    const follows = open("races");
    for (const [user, other] of pairs) {
      const [mine, theirs] = await Promise.all([follows.following(user), follows.followers(other)]);
      const follow = mine.items.find(({ id }) => id === other);
      const follower = theirs.items.find(({ id }) => id === user);
      expect(follow?.since, `${user} ${other}`).toEqual(follower?.since);
    }
  });
});

describe("pages", () => {
  test("hold 20 where nothing is said, and all of them together everybody once, all of one millisecond", async () => {
    const at = Date.now();
    const follows = open("pages", { now: () => at });
    for (const user of users(45)) await follows.follow(user, "ada");
    const first = await follows.followers("ada");
    expect([first.items.length, first.total]).toEqual([20, 45]);
    expect(first.items[0]).toEqual({ id: "u44", since: new Date(at) });
    const all = await every((page) => follows.followers("ada", page), 7);
    expect(all.map(({ id }) => id)).toEqual(users(45).toReversed());
    const exact = await follows.followers("ada", { limit: 45 });
    expect([exact.items.length, exact.next]).toEqual([45, null]);
  });

  test("go on where they ended, whoever comes or goes meanwhile", async () => {
    const follows = open("moving");
    for (const user of users(30)) await follows.follow(user, "ada");
    let round = 0;
    const all = await every(
      (page) => follows.followers("ada", page),
      5,
      async () => {
        round += 1;
        await follows.follow(`new${round}`, "ada");
        // The last one of the page that was just read.
        await follows.unfollow(`u${30 - 5 * round}`, "ada");
      },
    );
    expect(all.map(({ id }) => id)).toEqual(users(30).toReversed());
  });

  test("stand in the order in which Redis ran them, though isolates' clocks differ", async () => {
    const now = Date.now();
    await open("skew", { now: () => now + 5_000 }).follow("ahead", "ada");
    await open("skew", { now: () => now }).follow("right", "ada");
    await open("skew", { now: () => now - 5_000 }).follow("behind", "ada");
    expect(idsOf(await open("skew").followers("ada"))).toEqual(["behind", "right", "ahead"]);
  });

  test.each([{ limit: 0 }, { limit: 101 }, { limit: 1.5 }, { before: Number.NaN }, { before: 0.5 }])(
    "of %j are refused",
    async (page) => {
      for (const list of ["following", "followers"] as const) {
        await expect(open("pages")[list]("ada", page)).rejects.toThrow(RangeError);
      }
      await expect(open("pages").mutual("ada", "bob", page)).rejects.toThrow(RangeError);
    },
  );
});

describe("whom two follow both", () => {
  test("is listed in the order of the first one, page by page, with how many there are", async () => {
    const follows = open("mutual");
    for (const user of users(30)) await follows.follow("ada", user);
    for (const user of users(60)
      .toReversed()
      .filter((_, i) => i % 2 === 0))
      await follows.follow("bob", user);
    const both = users(30).filter((_, i) => i % 2 === 1);
    expect(await follows.mutual("ada", "bob")).toEqual({ items: both.toReversed(), total: 15, next: null });
    expect(await follows.mutual("bob", "ada")).toEqual({ items: both, total: 15, next: null });
    const paged = await every((page) => follows.mutual("ada", "bob", page), 4);
    expect(paged).toEqual(both.toReversed());
    expect(await follows.mutual("ada", "bob", { limit: 4 })).toMatchObject({ total: 15 });
  });

  test("is nobody where one follows nobody, and everybody where both are the same", async () => {
    const follows = open("alone");
    await follows.follow("ada", "bob");
    expect(await follows.mutual("ada", "eve")).toEqual({ items: [], total: 0, next: null });
    expect(await follows.mutual("ada", "ada")).toEqual({ items: ["bob"], total: 1, next: null });
  });
});

test.each(["", "a b", "{a}", "x".repeat(129)])("%j is no user, for any call", async (name) => {
  const follows = open("names");
  const bad = { name: "InvalidNameError" };
  await expect(follows.follow("ada", name)).rejects.toMatchObject(bad);
  await expect(follows.follow(name, "ada")).rejects.toMatchObject(bad);
  await expect(follows.unfollow(name, "ada")).rejects.toMatchObject(bad);
  await expect(follows.following(name)).rejects.toMatchObject(bad);
  await expect(follows.followers(name)).rejects.toMatchObject(bad);
  await expect(follows.mutual("ada", name)).rejects.toMatchObject(bad);
});

test.each(["refuse", "hang", "status500", "garbage", "dropResponse"] as const)(
  "with a Redis that does %s, every call says so, and a follow is in both lists or in none",
  async (mode) => {
    const follows = open(mode);
    await follows.follow("ada", "bob");
    await follows.follow("bob", "eve");
    await follows.unfollow("bob", "eve");
    const behind = { ...target, url: proxy.url };
    const away = openSets(behind, { keys: mode, timeoutMs: mode === "hang" ? 200 : 5_000 }).follows;
    proxy.mode = mode;
    const unavailable = { name: "RedisUnavailableError" };
    await expect(away.follow("ada", "eve")).rejects.toMatchObject(unavailable);
    await expect(away.unfollow("ada", "bob")).rejects.toMatchObject(unavailable);
    await expect(away.following("ada")).rejects.toMatchObject(unavailable);
    await expect(away.mutual("ada", "bob")).rejects.toMatchObject(unavailable);
    proxy.mode = "pass";
    // Where only the answer was lost, it has come to pass.
    const following = mode === "dropResponse" ? ["eve"] : ["bob"];
    expect(idsOf(await follows.following("ada"))).toEqual(following);
    for (const other of ["bob", "eve"]) {
      expect(idsOf(await follows.followers(other)).includes("ada")).toBe(following.includes(other));
    }
  },
);
