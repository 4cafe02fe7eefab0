import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../support/redis.ts";
import { BOB, createBrowser, signedIn, signUp, type Browser } from "./support/browser.ts";
import { createHarness, problemOf, type Harness } from "./support/harness.ts";

let redis: TestRedis;
let proxy: FaultProxy;
let harness: Harness;
let prefix = "";
let tests = 0;
let ada: Browser;
let bob: Browser;
let bobsId = "";
let adasId = "";

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
  prefix = `${redis.prefix}posts${tests}`;
  harness = createHarness({ redis, prefix });
  adasId = await signUp(harness);
  bobsId = await signUp(harness, BOB);
  ada = await signedIn(harness);
  bob = await signedIn(harness, BOB);
});

interface PostBody {
  id: string;
  userId: string;
  text: string;
  createdAt: string;
}
const post = (by: Browser, text: unknown) => by.send("POST", "/v1/posts", { text });
const timeline = async (of: Browser, query = "") =>
  (await of.send("GET", `/v1/timeline${query}`)).json<{ items: PostBody[]; next: string | null }>();
const texts = async (of: Browser) => (await timeline(of)).items.map(({ text }) => text);
const followBob = () => ada.send("PUT", `/v1/users/${adasId}/following/${bobsId}`);

describe("POST /v1/posts", () => {
  test("answers 201 with the post, which is on one's timeline", async () => {
    const response = await post(ada, "Hello – 💡");
    expect(response.status).toBe(201);
    const body = await response.json<PostBody>();
    expect(body).toEqual({
      id: expect.stringMatching(/^\d{16}$/),
      userId: adasId,
      text: "Hello – 💡",
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
    expect(Math.abs(Date.now() - Date.parse(body.createdAt))).toBeLessThan(60_000);
    expect(await timeline(ada)).toEqual({ items: [body], next: null });
  });

  test.each(["x", "💡".repeat(2_000), "two\nlines\t", '"', "<script>", " "])(
    "keeps the text as it is: %j",
    async (text) => {
      expect((await post(ada, text)).status).toBe(201);
      expect(await texts(ada)).toEqual([text]);
    },
  );

  test.each<[string, unknown]>([
    ["text", {}],
    ["text", { text: "" }],
    ["text", { text: 7 }],
    ["text", { text: "x".repeat(2_001) }],
    ["text", { text: "a\ud800" }],
    ["userId", { text: "a", userId: "eve" }],
    ["", "[]"],
  ])("with a bad %j is a 400 that names it, and posts nothing", async (field, body) => {
    const response = await ada.send("POST", "/v1/posts", body);
    expect(response.status).toBe(400);
    expect((await problemOf(response)).errors?.map(({ path }) => path)).toContain(field);
    expect(await texts(ada)).toEqual([]);
  });

  test("is a 401 without a session, a 403 from a page elsewhere, a 415 for a form", async () => {
    expect((await post(createBrowser(harness), "a")).status).toBe(401);
    const headers = [{ Origin: "https://evil.example" }, { "Sec-Fetch-Site": "cross-site" }];
    for (const header of headers) {
      expect((await ada.send("POST", "/v1/posts", { text: "a" }, header)).status).toBe(403);
    }
    expect((await ada.send("POST", "/v1/posts", "text=a", { "Content-Type": "text/plain" })).status).toBe(
      415,
    );
    expect(await texts(ada)).toEqual([]);
  });
});

describe("GET /v1/timeline", () => {
  test("has the posts of whom one follows from the follow on, earlier ones too, until one stops", async () => {
    await post(bob, "before");
    await post(ada, "mine");
    expect(await texts(ada)).toEqual(["mine"]);
    expect((await followBob()).status).toBe(204);
    await post(bob, "after");
    expect(await texts(ada)).toEqual(["after", "mine", "before"]);
    expect(await texts(bob)).toEqual(["after", "before"]);
    await ada.send("DELETE", `/v1/users/${adasId}/following/${bobsId}`);
    expect(await texts(ada)).toEqual(["mine"]);
  });

  test("answers 20 where no number is asked for, and goes on page by page while more is posted", async () => {
    await followBob();
    const all: string[] = [];
    for (let i = 0; i < 45; i += 1) {
      all.unshift(String(i));
      await post(i % 3 === 0 ? ada : bob, String(i));
    }
    const first = await timeline(ada);
    await post(bob, "later");
    const second = await timeline(ada, `?limit=20&cursor=${first.next}`);
    await post(ada, "later still");
    const third = await timeline(ada, `?cursor=${second.next}`);
    expect([first, second, third].map(({ items }) => items.length)).toEqual([20, 20, 5]);
    expect(third.next).toBeNull();
    expect([first, second, third].flatMap(({ items }) => items.map(({ text }) => text))).toEqual(all);
  });

  test("is for its user alone: no cache keeps it; 401 without a session", async () => {
    expect((await ada.send("GET", "/v1/timeline")).headers.get("Cache-Control")).toBe("no-store");
    expect((await createBrowser(harness).send("GET", "/v1/timeline")).status).toBe(401);
  });

  test("costs three trips: the session, who can be on it, their posts", async () => {
    await followBob();
    await post(bob, "a");
    await timeline(ada);
    const { headers } = await ada.send("GET", "/v1/timeline");
    expect(headers.get("Server-Timing")).toContain('desc="trips=3 commands=6"');
  });

  test.each([
    ["limit", "?limit=0"],
    ["limit", "?limit=101"],
    ["cursor", "?cursor=1793491200000000"],
    ["cursor", "?cursor="],
  ])("with a bad %s (%s) is a 400 that names it", async (field, query) => {
    const response = await ada.send("GET", `/v1/timeline${query}`);
    expect(response.status).toBe(400);
    expect((await problemOf(response)).errors?.map(({ path }) => path)).toEqual([field]);
  });
});

test.each(["refuse", "hang", "status500", "garbage"] as const)(
  "with a Redis that does %s, both are a 503, and nothing is posted",
  async (mode) => {
    await post(ada, "before");
    proxy.mode = mode;
    const target = { url: proxy.url, token: redis.token };
    const away = createHarness({ redis: target, prefix, sql: harness.sql, redisTimeoutMs: 100 });
    const theirs = Object.assign(createBrowser(away), { token: ada.token });
    for (const response of [await post(theirs, "a"), await theirs.send("GET", "/v1/timeline")]) {
      expect(response.status).toBe(503);
      expect(Number(response.headers.get("Retry-After"))).toBeGreaterThan(0);
      expect((await problemOf(response)).type).toMatch(/#redis-unavailable$/);
    }
    expect(await texts(ada)).toEqual(["before"]);
  },
);
