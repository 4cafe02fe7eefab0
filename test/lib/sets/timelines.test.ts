import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Redis } from "../../../lib/redis/index.ts";
import type { Post, Timelines } from "../../../lib/sets/index.ts";
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

const open = (keys: string, options: OpenOptions = {}) => openSets(target, { keys, ...options });
const textsOf = (posts: readonly Post[]) => posts.map(({ text }) => text);

/** All of a timeline, page by page. @param between runs behind each page */
async function whole(
  timelines: Timelines,
  user: string,
  limit: number,
  between: () => Promise<unknown> = async () => {},
): Promise<Post[]> {
  const all: Post[] = [];
  let before: number | undefined;
  do {
    const page = await timelines.read(user, { limit, ...(before !== undefined && { before }) });
    expect(page.items.length === limit || page.next === null).toBe(true);
    all.push(...page.items);
    before = page.next ?? undefined;
    await between();
  } while (before !== undefined);
  return all;
}

describe("a timeline", () => {
  test("has one's own posts and those of whom one follows, newest first, and nobody else's", async () => {
    const clock = createClock(Date.UTC(2026, 10, 1));
    const { follows, timelines } = open("basic", { now: clock.now });
    expect(await timelines.read("ada")).toEqual({ items: [], next: null });
    await follows.follow("ada", "bob");
    expect(await timelines.read("ada")).toEqual({ items: [], next: null });
    const posted = [];
    for (const user of ["bob", "ada", "eve", "bob"]) {
      clock.advance(1);
      posted.push(await timelines.post(user, `by ${user} – "7" 💡\n\u0000`));
    }
    expect(posted[0]).toEqual({
      id: "1793491201000000",
      userId: "bob",
      text: 'by bob – "7" 💡\n\u0000',
      createdAt: new Date(Date.UTC(2026, 10, 1, 0, 0, 1)),
    });
    const [one, two, , four] = posted;
    expect(await timelines.read("ada")).toEqual({ items: [four, two, one], next: null });
    expect((await timelines.read("bob")).items).toEqual([four, one]);
  });

  test("has the earlier posts of whom one follows now, and loses them with the follow", async () => {
    const { follows, timelines } = open("earlier");
    for (const user of ["bob", "ada", "bob", "eve"]) await timelines.post(user, user);
    expect(textsOf((await timelines.read("ada")).items)).toEqual(["ada"]);
    await follows.follow("ada", "bob");
    expect(textsOf((await timelines.read("ada")).items)).toEqual(["bob", "ada", "bob"]);
    await follows.follow("ada", "eve");
    await follows.unfollow("ada", "bob");
    expect(textsOf((await timelines.read("ada")).items)).toEqual(["eve", "ada"]);
  });

  test("keeps an author's newest posts, as many as are kept", async () => {
    const { follows, timelines } = open("cap", { maxPosts: 10 });
    await follows.follow("ada", "bob");
    await timelines.post("ada", "mine");
    for (let i = 0; i < 25; i += 1) await timelines.post("bob", String(i));
    const kept = Array.from({ length: 10 }, (_, i) => String(24 - i));
    expect(textsOf(await whole(timelines, "ada", 4))).toEqual([...kept, "mine"]);
  });

  test("stands in the order in which Redis ran the posts, each with an id of its own, though clocks differ", async () => {
    const now = Date.now();
    const skews = [5_000, 0, -5_000, 0];
    const isolates = skews.map((skew) => open("skew", { now: () => now + skew }).timelines);
    for (const [i, timelines] of isolates.entries()) await timelines.post("ada", String(i));
    const at20 = Array.from({ length: 20 }, (_, i) =>
      open("skew", { now: () => now }).timelines.post("ada", `x${i}`),
    );
    const ids = (await Promise.all(at20)).map(({ id }) => id);
    expect(new Set(ids).size).toBe(20);
    const { items } = await open("skew").timelines.read("ada", { limit: 100 });
    expect(items).toHaveLength(24);
    expect(textsOf(items.slice(20))).toEqual(["3", "2", "1", "0"]);
    expect(items.map(({ id }) => id)).toEqual(
      items
        .map(({ id }) => id)
        .toSorted()
        .toReversed(),
    );
  });
});

describe("pages", () => {
  test("hold 20 where nothing is said; the last one says that it is", async () => {
    const { timelines } = open("pages");
    for (let i = 0; i < 40; i += 1) await timelines.post("ada", String(i));
    const first = await timelines.read("ada");
    expect([first.items.length, first.items[0]?.text]).toEqual([20, "39"]);
    const second = await timelines.read("ada", { before: first.next ?? 0 });
    expect([second.items.length, second.items.at(-1)?.text, second.next]).toEqual([20, "0", null]);
  });

  test("repeat nothing and leave nothing out while everybody goes on posting", async () => {
    const { follows, timelines } = open("moving");
    const users = Array.from({ length: 12 }, (_, i) => `u${i}`);
    for (const user of users) await follows.follow("ada", user);
    const texts: string[] = [];
    for (let i = 0; i < 60; i += 1) {
      texts.push(`p${i}`);
      await timelines.post(users[(i * i) % 12] ?? "", `p${i}`);
    }
    let more = 0;
    const all = await whole(timelines, "ada", 7, async () => {
      for (const user of ["u1", "u0", "u11", "ada"]) await timelines.post(user, `new ${(more += 1)}`);
    });
    expect(textsOf(all)).toEqual(texts.toReversed());
  });

  test("of many authors find whose posts are next, though others have posted since", async () => {
    const { follows, timelines } = open("next");
    const users = Array.from({ length: 10 }, (_, i) => `u${i}`);
    const texts: string[] = [];
    const post = async (user: string, text: string) => {
      texts.unshift(text);
      await timelines.post(user, text);
    };
    for (const user of users) await follows.follow("ada", user);
    for (const user of users) await post(user, `old ${user}`);
    for (const user of users.slice(7)) await post(user, `next ${user}`);
    for (const user of users.toReversed()) await post(user, `new ${user}`);
    for (const limit of [2, 5]) expect(textsOf(await whole(timelines, "ada", limit))).toEqual(texts);
  });

  test("leave nothing out though somebody posts while one is read", async () => {
    const { follows, timelines } = open("between");
    for (const other of ["bob", "eve", "quiet"]) await follows.follow("ada", other);
    for (const user of ["quiet", "bob", "eve"]) await timelines.post(user, user);
    let posted = false;
    const through = (redis: Redis): Redis => ({
      ...redis,
      async run<T>(...call: Parameters<Redis["run"]>) {
        const answer = await redis.run<T>(...call);
        if (!posted) {
          posted = true;
          // The second of whom is on the page, the first is not.
          await timelines.post("quiet", "quiet, meanwhile");
          await timelines.post("eve", "eve, meanwhile");
        }
        return answer;
      },
    });
    const slow = open("between", { through }).timelines;
    const first = await slow.read("ada", { limit: 1 });
    const rest = await slow.read("ada", { limit: 100, before: first.next ?? 0 });
    expect(textsOf([...first.items, ...rest.items])).toEqual(["eve", "bob", "quiet"]);
  });

  test.each([{ limit: 0 }, { limit: 101 }, { before: 0.5 }])("of %j are refused", async (page) => {
    await expect(open("pages").timelines.read("ada", page)).rejects.toThrow(RangeError);
  });
});

test(
  "whoever follows whom and posts what: each timeline is what a list of all posts would be filtered to",
  { timeout: 30_000 },
  async () => {
    let round = 0;
    const user = fc.constantFrom("a", "b", "c", "d", "e", "f");
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.tuple(fc.constant("post" as const), user, user) },
      { weight: 2, arbitrary: fc.tuple(fc.constant("follow" as const), user, user) },
      { weight: 1, arbitrary: fc.tuple(fc.constant("unfollow" as const), user, user) },
    );
    const steps = fc.array(step, { minLength: 5, maxLength: 50 });
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 4 }), async (all, limit) => {
        round += 1;
        const { follows, timelines } = open(`model${round}`);
        const posts: Post[] = [];
        const following = new Set<string>();
        for (const [what, one, other] of all) {
          if (what === "post") posts.unshift(await timelines.post(one, `${posts.length}`));
          else if (one !== other) {
            await follows[what](one, other);
            if (what === "follow") following.add(`${one} ${other}`);
            else following.delete(`${one} ${other}`);
          }
        }
        for (const reader of ["a", "b", "c"]) {
          const wanted = posts.filter(
            ({ userId }) => userId === reader || following.has(`${reader} ${userId}`),
          );
          expect(await whole(timelines, reader, limit)).toEqual(wanted);
        }
      }),
      { numRuns: 25 },
    );
  },
);

test.each(["", "a b", "{a}", "x".repeat(129)])("%j is no user", async (name) => {
  const { timelines } = open("names");
  await expect(timelines.post(name, "a")).rejects.toMatchObject({ name: "InvalidNameError" });
  await expect(timelines.read(name)).rejects.toMatchObject({ name: "InvalidNameError" });
});

test.each(["refuse", "hang", "status500", "garbage", "dropResponse"] as const)(
  "with a Redis that does %s, every call says so; a post is on all timelines or on none",
  async (mode) => {
    const { follows, timelines } = open(mode);
    await follows.follow("ada", "bob");
    await timelines.post("bob", "before");
    const behind = { ...target, url: proxy.url };
    const away = openSets(behind, { keys: mode, timeoutMs: mode === "hang" ? 200 : 5_000 }).timelines;
    proxy.mode = mode;
    await expect(away.post("bob", "away")).rejects.toMatchObject({ name: "RedisUnavailableError" });
    await expect(away.read("ada")).rejects.toMatchObject({ name: "RedisUnavailableError" });
    proxy.mode = "pass";
    await timelines.post("bob", "after");
    // Where only the answer was lost, it has come to pass.
    const posts = mode === "dropResponse" ? ["after", "away", "before"] : ["after", "before"];
    for (const reader of ["ada", "bob"]) expect(textsOf((await timelines.read(reader)).items)).toEqual(posts);
  },
);
