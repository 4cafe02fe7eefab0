import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createPasswords, type Passwords } from "../../lib/passwords.ts";
import { startRedis, type TestRedis } from "../support/redis.ts";
import { ADA, BOB, createBrowser, sessionOf, signedIn, signUp, type SessionBody } from "./support/browser.ts";
import { contents } from "./support/contents.ts";
import { createHarness, problemOf, type Harness, type HarnessOptions } from "./support/harness.ts";

let redis: TestRedis;
let harness: Harness;
let prefix = "";
let ada = "";
let tests = 0;

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(async () => redis.close());
const create = (options: Partial<HarnessOptions> = {}) => createHarness({ redis, prefix, ...options });
beforeEach(async () => {
  tests += 1;
  prefix = `${redis.prefix}sign-in${tests}`;
  harness = create();
  ada = await signUp(harness);
});

const CREDENTIALS = { email: ADA.email, password: ADA.password };
const signIn = (body: unknown, headers: Record<string, string> = {}) =>
  createBrowser(harness).send("POST", "/v1/sessions", body, headers);

describe("POST /v1/sessions", () => {
  test("answers 201 with the session, which the cookie opens from then on", async () => {
    const browser = createBrowser(harness);
    const response = await browser.send("POST", "/v1/sessions", CREDENTIALS);
    expect(response.status).toBe(201);
    expect(response.headers.get("Location")).toBe("/v1/session");
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    const session = await response.json<SessionBody>();
    expect(Object.keys(session)).toEqual(["user", "data", "createdAt", "idleExpiresAt", "expiresAt"]);
    expect(session).toMatchObject({ user: { id: ada, name: "Ada Lovelace" }, data: {} });
    const created = Date.parse(session.createdAt);
    expect(Date.parse(session.idleExpiresAt) - created).toBe(3_600_000);
    expect(Date.parse(session.expiresAt) - created).toBe(2_592_000_000);
    expect(await sessionOf(browser)).toEqual(session);
  });

  test("sets a cookie that no script and no other site can use, and says the token nowhere else", async () => {
    const response = await signIn(CREDENTIALS);
    const [cookie = "", ...others] = response.headers.getSetCookie();
    expect(others).toEqual([]);
    const [pair = "", ...attributes] = cookie.split("; ");
    expect(pair).toMatch(/^__Host-session=[\w-]{81}$/);
    const lifetime = Number(/^Max-Age=(\d+)$/.exec(attributes.find((a) => a.startsWith("Max")) ?? "")?.[1]);
    expect(lifetime).toBeGreaterThan(2_592_000 - 60);
    expect(lifetime).toBeLessThanOrEqual(2_592_000);
    const fixed = attributes.filter((attribute) => !attribute.startsWith("Max-Age"));
    expect(fixed.toSorted()).toEqual(["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]);
    expect(await response.text()).not.toContain(pair.slice("__Host-session=".length));
  });

  test("in development sets the cookie `session`, which plain http carries", async () => {
    const local = create({ env: { DEVELOPMENT: "true" }, sql: harness.sql });
    const browser = createBrowser(local, "session");
    const response = await browser.send("POST", "/v1/sessions", CREDENTIALS);
    expect(response.headers.get("Set-Cookie")).toMatch(
      /^session=[\w-]{81}; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    expect(await sessionOf(browser)).toMatchObject({ user: { id: ada } });
    expect((await browser.send("DELETE", "/v1/session")).status).toBe(204);
    expect(browser.token).toBeUndefined();
  });

  test.each(["", "false", "1", "TRUE"])("with DEVELOPMENT set to %j sets the secure one", async (value) => {
    const deployed = create({ env: { DEVELOPMENT: value }, sql: harness.sql });
    const response = await createBrowser(deployed).send("POST", "/v1/sessions", CREDENTIALS);
    expect(response.headers.get("Set-Cookie")).toMatch(/^__Host-session=.*; Secure/);
  });

  test("takes the e-mail as people type it", async () => {
    expect((await signIn({ ...CREDENTIALS, email: " Ada@EXAMPLE.com " })).status).toBe(201);
  });

  test("ends the session the same browser had, also another user's, and no other", async () => {
    await signUp(harness, BOB);
    const [browser, elsewhere] = [await signedIn(harness, BOB), await signedIn(harness)];
    const before = browser.token ?? "";
    expect((await browser.send("POST", "/v1/sessions", CREDENTIALS)).status).toBe(201);
    expect(browser.token).not.toBe(before);
    const old = createBrowser(harness);
    old.token = before;
    expect(await sessionOf(old)).toBe(401);
    expect(await sessionOf(browser)).toMatchObject({ user: { id: ada } });
    expect(await sessionOf(elsewhere)).toMatchObject({ user: { id: ada } });
  });

  test("that fails leaves the session the browser has", async () => {
    const browser = await signedIn(harness);
    const before = browser.token;
    const response = await browser.send("POST", "/v1/sessions", { ...CREDENTIALS, password: "wrong" });
    expect(response.status).toBe(401);
    expect(browser.token).toBe(before);
    expect(await sessionOf(browser)).toMatchObject({ user: { id: ada } });
  });

  test("leaves the token in no key and no value of Redis, nor does a rotation", async () => {
    const browser = await signedIn(harness);
    const tokens = [browser.token ?? ""];
    await browser.send("POST", "/v1/session/rotation");
    tokens.push(browser.token ?? "");
    await browser.send("PATCH", "/v1/session", { data: { theme: "dark" } });
    const held = await contents(redis, prefix);
    const digest = createHash("sha256")
      .update(tokens[1] ?? "")
      .digest("hex");
    expect(held, "looked into at all").toContain(digest);
    for (const secret of tokens.flatMap((token) => [token, token.slice(-43), token.slice(-22)])) {
      expect(secret.length).toBeGreaterThan(21);
      expect(held).not.toContain(secret);
      expect(JSON.stringify(harness.logs)).not.toContain(secret);
    }
  });
});

const OF_EACH_REQUEST = new Set(["x-request-id", "server-timing", "ratelimit"]);

/** All of an answer that is not the request's own. */
async function seen(response: Response) {
  const { instance, ...body } = await problemOf(response);
  expect(instance).toBe(response.headers.get("X-Request-Id"));
  return [response.status, body, [...response.headers].filter(([name]) => !OF_EACH_REQUEST.has(name))];
}

describe("an unknown e-mail and a wrong password", () => {
  const WRONG = { ...CREDENTIALS, password: "wrong horse battery" };
  const UNKNOWN = { ...CREDENTIALS, email: "nobody@example.com" };

  test("get the same 401, to the last header", async () => {
    const [wrong, unknown] = [await signIn(WRONG), await signIn(UNKNOWN)];
    expect(wrong.status).toBe(401);
    expect(await seen(wrong)).toEqual(await seen(unknown));
    expect(wrong.headers.get("Set-Cookie")).toBeNull();
    expect(wrong.headers.get("WWW-Authenticate")).toBe('Cookie realm="sedge"');
  });

  test("are as much work: one hash with the same parameters, and one query", async () => {
    const real = createPasswords({ logN: 1, r: 1, p: 1 });
    const work: unknown[] = [];
    const passwords: Passwords = {
      ...real,
      verify: (password, stored) => {
        work.push(["verify", password.length]);
        return real.verify(password, stored);
      },
      hash: (password) => {
        work.push("hash");
        return real.hash(password);
      },
    };
    harness = create({ passwords, sql: harness.sql });
    const measure = async (body: unknown) => {
      work.length = 0;
      const queries = harness.sql.queries.length;
      await signIn(body);
      return [[...work], harness.sql.queries.slice(queries)];
    };
    const wrong = await measure({ ...WRONG, password: "x".repeat(30) });
    expect(wrong[0]).toEqual([["verify", 30]]);
    expect(wrong[1]).toHaveLength(1);
    expect(await measure({ ...UNKNOWN, password: "x".repeat(30) })).toEqual(wrong);
  });

  test.each(["", "short", "p".repeat(200), "💡".repeat(200)])(
    "are a 401 also where it is no password of anybody's: %j",
    async (password) => {
      expect((await signIn({ ...CREDENTIALS, password })).status).toBe(401);
    },
  );
});

test("a hash with other parameters is made anew at the sign-in, behind the answer", async () => {
  const hashOf = () => harness.sql.sqlite.prepare("SELECT password_hash FROM users").get()?.["password_hash"];
  const before = hashOf();
  expect(before).toMatch(/^\$scrypt\$ln=1,/);
  const dearer = create({ sql: harness.sql, passwords: createPasswords({ logN: 2, r: 1, p: 1 }) });
  const wrong = { ...CREDENTIALS, password: "wrong" };
  await createBrowser(dearer).send("POST", "/v1/sessions", wrong);
  await dearer.settled();
  expect(hashOf()).toBe(before);
  await signedIn(dearer);
  await dearer.settled();
  expect(hashOf()).toMatch(/^\$scrypt\$ln=2,/);
  await signedIn(dearer);

  // One that cannot be kept is told, and signs in all the same.
  harness.sql.before = async (query) => {
    if (query.startsWith("UPDATE users")) throw new Error("D1_ERROR: no such luck");
  };
  const dearest = create({ sql: harness.sql, passwords: createPasswords({ logN: 3, r: 1, p: 1 }) });
  expect(await sessionOf(await signedIn(dearest))).toMatchObject({ user: { id: ada } });
  await dearest.settled();
  expect(dearest.logs).toEqual([expect.objectContaining({ event: "password-not-rehashed" })]);
});

test("passwords cannot be guessed by the dozen, signed up for or not: 429 before any is hashed", async () => {
  const real = createPasswords({ logN: 1, r: 1, p: 1 });
  for (const email of [ADA.email, "nobody@example.com"]) {
    let hashes = 0;
    const verify: Passwords["verify"] = (...args) => real.verify(...args).finally(() => (hashes += 1));
    harness = create({ sql: harness.sql, env: { LIMITS: "production" }, passwords: { ...real, verify } });
    const statuses: number[] = [];
    for (let i = 0; i < 20; i += 1) {
      const from = { "CF-Connecting-IP": `203.0.113.${i}` };
      statuses.push((await signIn({ email, password: `guess ${i}` }, from)).status);
    }
    // 5, and another 5 where a new minute begins meanwhile.
    expect(hashes).toBeLessThanOrEqual(10);
    expect(statuses.filter((status) => status === 401)).toHaveLength(hashes);
    expect(statuses.filter((status) => status === 429)).toHaveLength(20 - hashes);
  }
});

describe("a sign-in is refused", () => {
  test.each<[number, string, Record<string, string>, unknown]>([
    [403, "from a page elsewhere", { Origin: "https://evil.example", "Content-Type": "text/plain" }, "{"],
    [403, "from a page CORS_ORIGINS names", { Origin: "https://shop.example" }, CREDENTIALS],
    [403, "from a frame without an origin", { Origin: "null" }, CREDENTIALS],
    [403, "across sites", { "Sec-Fetch-Site": "cross-site" }, CREDENTIALS],
    [403, "from a sibling site", { "Sec-Fetch-Site": "same-site" }, CREDENTIALS],
    [413, "with too large a body", { "Content-Type": "text/plain" }, " ".repeat(1_048_577)],
    [415, "with another type", { "Content-Type": "text/plain" }, "{"],
    [400, "with no JSON", {}, "{"],
    [400, "without a password", {}, { email: ADA.email }],
    [400, "with a password of 201 characters", {}, { ...CREDENTIALS, password: "p".repeat(201) }],
    [400, "with a field too many", {}, { ...CREDENTIALS, remember: true }],
  ])("with %i %s", async (status, _what, headers, body) => {
    const response = await signIn(body, headers);
    expect(response.status).toBe(status);
    expect((await problemOf(response)).status).toBe(status);
    expect(response.headers.get("Set-Cookie")).toBeNull();
  });

  test.each<Record<string, string>>([
    { Origin: "http://localhost", "Sec-Fetch-Site": "same-origin" },
    { "Sec-Fetch-Site": "none" },
    {},
  ])("not from our own page, nor by what is no browser: %j", async (headers) => {
    expect((await signIn(CREDENTIALS, headers)).status).toBe(201);
  });
});
