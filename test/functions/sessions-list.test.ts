import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startRedis, type TestRedis } from "../support/redis.ts";
import { BOB, sessionOf, signedIn, signUp, type Browser } from "./support/browser.ts";
import { createHarness, problemOf, type Harness } from "./support/harness.ts";

let redis: TestRedis;
let harness: Harness;
let phone: Browser;
let laptop: Browser;
let bobs: Browser;
let tests = 0;

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(async () => redis.close());
beforeEach(async () => {
  tests += 1;
  harness = createHarness({ redis, prefix: `${redis.prefix}list${tests}` });
  await signUp(harness);
  await signUp(harness, BOB);
  phone = await signedIn(harness, undefined, {
    "CF-Connecting-IP": "2001:db8::7",
    "X-Forwarded-For": "203.0.113.9",
    "User-Agent": "Phone/1",
  });
  laptop = await signedIn(harness, undefined, { "User-Agent": "L".repeat(300) });
  bobs = await signedIn(harness, BOB);
});

interface Item {
  id: string;
  current: boolean;
  createdAt: string;
  lastSeenAt: string;
  ip: string | null;
  userAgent: string | null;
}
const list = async (browser: Browser): Promise<Item[]> =>
  (await (await browser.send("GET", "/v1/sessions")).json<{ items: Item[] }>()).items;
const currentOf = async (browser: Browser): Promise<string> =>
  (await list(browser)).find(({ current }) => current)?.id ?? "none";

describe("GET /v1/sessions", () => {
  test("lists the user's sessions, where from and with what, and which one asks", async () => {
    const response = await phone.send("GET", "/v1/sessions");
    expect(response.status).toBe(200);
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    const { items } = await response.json<{ items: Item[] }>();
    expect(items).toHaveLength(2);
    const [own, other] = [items.find(({ current }) => current), items.find(({ current }) => !current)];
    expect(Object.keys(own ?? {})).toEqual(["id", "current", "createdAt", "lastSeenAt", "ip", "userAgent"]);
    expect(own).toMatchObject({ ip: "2001:db8::7", userAgent: "Phone/1" });
    expect(other).toMatchObject({ ip: null, userAgent: "L".repeat(256) });
    expect(Date.parse(own?.lastSeenAt ?? "")).toBeGreaterThanOrEqual(Date.parse(own?.createdAt ?? ""));
    for (const { token } of [phone, laptop]) expect(JSON.stringify(items)).not.toContain(token?.slice(-43));
  });

  test("keeps a session's id over a rotation", async () => {
    const id = await currentOf(phone);
    await phone.send("POST", "/v1/session/rotation");
    expect(await currentOf(phone)).toBe(id);
  });
});

describe("DELETE /v1/sessions/{id}", () => {
  test("ends another of the user's sessions", async () => {
    const response = await phone.send("DELETE", `/v1/sessions/${await currentOf(laptop)}`);
    expect(response.status).toBe(204);
    expect(response.headers.get("Set-Cookie")).toBeNull();
    expect(await sessionOf(laptop)).toBe(401);
    expect(await list(phone)).toHaveLength(1);
  });

  test("ends the one that asks, and takes its cookie back", async () => {
    expect((await phone.send("DELETE", `/v1/sessions/${await currentOf(phone)}`)).status).toBe(204);
    expect(phone.token).toBeUndefined();
    expect(await sessionOf(laptop)).toMatchObject({ user: { name: "Ada Lovelace" } });
  });

  test("of another user's session, or of none, is a 404 that ends nothing", async () => {
    for (const id of [await currentOf(bobs), "AAAAAAAAAAAAAAAA", "x", "a:b"]) {
      const response = await phone.send("DELETE", `/v1/sessions/${id}`);
      expect(response.status).toBe(404);
      expect((await problemOf(response)).detail).toBe("You have no session with this id.");
    }
    for (const browser of [phone, laptop, bobs]) expect(await sessionOf(browser)).not.toBe(401);
  });

  test("of what is no name is a 400", async () => {
    expect((await phone.send("DELETE", "/v1/sessions/%20")).status).toBe(400);
  });
});

describe("DELETE /v1/sessions", () => {
  test("with others=true ends all but the one that asks, and no other user's", async () => {
    const response = await phone.send("DELETE", "/v1/sessions?others=true");
    expect(response.status).toBe(204);
    expect(response.headers.get("Set-Cookie")).toBeNull();
    expect(await sessionOf(phone)).toMatchObject({ user: { name: "Ada Lovelace" } });
    expect(await sessionOf(laptop)).toBe(401);
    expect(await sessionOf(bobs)).toMatchObject({ user: { name: "Bob" } });
  });

  test("ends all, and takes the cookie back", async () => {
    const old = phone.token;
    expect((await phone.send("DELETE", "/v1/sessions")).status).toBe(204);
    expect(phone.token).toBeUndefined();
    phone.token = old;
    for (const browser of [phone, laptop]) expect(await sessionOf(browser)).toBe(401);
    expect(await sessionOf(bobs)).toMatchObject({ user: { name: "Bob" } });
  });

  test.each([
    "others=yes",
    "others=false",
    "others=",
    "others=true&others=true",
    "other=true",
    "__proto__=1",
  ])("with ?%s, which may not mean what it does, is a 400 that ends nothing", async (query) => {
    expect((await phone.send("DELETE", `/v1/sessions?${query}`)).status).toBe(400);
    for (const browser of [phone, laptop]) expect(await sessionOf(browser)).not.toBe(401);
  });
});
