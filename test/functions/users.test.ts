import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createPasswords } from "../../lib/passwords.ts";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../support/redis.ts";
import { ADA, BOB, signUp } from "./support/browser.ts";
import { createHarness, problemOf, type Harness } from "./support/harness.ts";
import { killedBehindAnswers } from "./support/killed.ts";

let redis: TestRedis;
let proxy: FaultProxy;
let harness: Harness;
let tests = 0;

beforeAll(async () => {
  redis = await startRedis();
  proxy = await startFaultProxy(redis.url);
});
afterAll(async () => {
  await proxy.close();
  await redis.close();
});
beforeEach(() => {
  proxy.mode = "pass";
  proxy.reset();
  tests += 1;
  harness = createHarness({
    redis: { url: proxy.url, token: redis.token },
    prefix: `${redis.prefix}users${tests}`,
    // What stands in the outbox stays there.
    adapt: killedBehindAnswers,
  });
});

interface User {
  id: string;
  name: string;
  createdAt: string;
}
const post = (body: unknown, headers: Record<string, string> = {}) =>
  harness.request("/v1/users", {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
    headers: { "Content-Type": "application/json", ...headers },
  });
const rows = (table: "users" | "outbox") => harness.sql.sqlite.prepare(`SELECT * FROM ${table}`).all();

describe("POST /v1/users", () => {
  test("answers 201 with the user, where it is, and nothing that is not public", async () => {
    const response = await post(ADA);
    expect(response.status).toBe(201);
    const user = await response.json<User>();
    expect(Object.keys(user)).toEqual(["id", "name", "createdAt"]);
    expect(user.name).toBe("Ada Lovelace");
    expect(user.id).toMatch(/^[\w-]{16}$/);
    expect(Math.abs(Date.now() - Date.parse(user.createdAt))).toBeLessThan(60_000);
    expect(response.headers.get("Location")).toBe(`/v1/users/${user.id}`);
    expect(response.headers.get("Set-Cookie")).toBeNull();
    expect(await (await harness.request(`/v1/users/${user.id}`)).json()).toEqual(user);
  });

  test("writes the event `signup` with the user, and the password nowhere", async () => {
    const { id, createdAt } = await (await post(ADA)).json<User>();
    const event = { id: 1, channel: "user:events", type: "signup", key: id, created_at: createdAt };
    expect(rows("outbox")).toEqual([{ ...event, data: JSON.stringify({ userId: id, email: ADA.email }) }]);
    expect(JSON.stringify([rows("users"), rows("outbox"), harness.logs])).not.toContain(ADA.password);
    expect(rows("users")[0]?.["password_hash"]).toMatch(/^\$scrypt\$/);
  });

  test.each([
    ["event", "outbox"],
    ["user", "users"],
  ])("whose %s cannot be written writes neither", async (_what, table) => {
    const trigger = `CREATE TRIGGER broken BEFORE INSERT ON ${table} BEGIN SELECT RAISE(ABORT, 'no'); END`;
    harness.sql.sqlite.exec(trigger);
    expect((await post(ADA)).status).toBe(500);
    harness.sql.sqlite.exec("DROP TRIGGER broken");
    expect([rows("users"), rows("outbox")]).toEqual([[], []]);
    expect((await post(ADA)).status).toBe(201);
  });

  test.each([ADA.email, "ADA@Example.COM", "  ada@example.com "])(
    "with an e-mail that is taken (%j) is a 409, after as much work, and writes nothing",
    async (email) => {
      const real = createPasswords({ logN: 1, r: 1, p: 1 });
      let hashes = 0;
      const hash = (password: string) => real.hash(password).finally(() => (hashes += 1));
      harness = createHarness({
        redis,
        prefix: harness.env.KEY_PREFIX ?? "",
        passwords: { ...real, hash },
        adapt: killedBehindAnswers,
      });
      await signUp(harness);
      const before = [rows("users"), rows("outbox")];
      const response = await post({ ...BOB, email });
      expect(response.status).toBe(409);
      expect((await problemOf(response)).type).toMatch(/#conflict$/);
      expect(hashes).toBe(2);
      expect([rows("users"), rows("outbox")]).toEqual(before);
    },
  );

  test("twenty times at once with one e-mail adds one user and one event", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(ADA)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(19);
    expect([rows("users").length, rows("outbox").length]).toEqual([1, 1]);
  });

  test.each([
    ["an e-mail in capitals and with spaces", { email: "  Ada@Example.COM " }],
    ["an e-mail with signs", { email: "o'neil+news@sub-domain.example.co.uk" }],
    ["an e-mail of 254 characters", { email: `${"a".repeat(64)}@${`${"b".repeat(61)}.`.repeat(3)}com` }],
    ["a password of 8 characters", { password: "12345678" }],
    ["a password of 200 emoji", { password: "💡".repeat(200) }],
    ["a name of 200 emoji", { name: "💡".repeat(200) }],
  ])("takes %s", async (_what, part) => {
    expect((await post({ ...ADA, ...part })).status).toBe(201);
    expect(rows("users")[0]?.["email"]).toBe(("email" in part ? part.email : ADA.email).trim().toLowerCase());
  });

  test.each<[string, unknown]>([
    ["email", { ...ADA, email: "" }],
    ["email", { ...ADA, email: "ada" }],
    ["email", { ...ADA, email: "ada@localhost" }],
    ["email", { ...ADA, email: "@example.com" }],
    ["email", { ...ADA, email: "ada@example..com" }],
    ["email", { ...ADA, email: "ada@-example.com" }],
    ["email", { ...ADA, email: "ada@example.com, eve@example.com" }],
    ["email", { ...ADA, email: "ada@exa mple.com" }],
    ["email", { ...ADA, email: "ada@example.com\nBcc: eve@example.com" }],
    ["email", { ...ADA, email: `${"a".repeat(65)}@example.com` }],
    [
      "email",
      {
        ...ADA,
        email: `ada@${"b".repeat(60)}.${"c".repeat(60)}.${"d".repeat(60)}.${"e".repeat(60)}.example.com`,
      },
    ],
    ["email", { ...ADA, email: "\u212aate@example.com" }],
    ["email", { ...ADA, email: 7 }],
    ["name", { ...ADA, name: "" }],
    ["name", { ...ADA, name: "   " }],
    ["name", { ...ADA, name: "n".repeat(201) }],
    ["name", { ...ADA, name: "a\u0000b" }],
    ["password", { ...ADA, password: "1234567" }],
    ["password", { ...ADA, password: "💡".repeat(7) }],
    ["password", { ...ADA, password: "p".repeat(201) }],
    ["password", { ...ADA, password: "1234567\ud800" }],
    ["password", { email: ADA.email, name: ADA.name }],
    ["id", { ...ADA, id: "mine" }],
    ["", "null"],
  ])("with a bad %j is a 400 that names it, and writes nothing", async (field, body) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect((await problemOf(response)).errors?.map(({ path }) => path)).toContain(field);
    expect([rows("users"), rows("outbox")]).toEqual([[], []]);
  });

  test("from a page of another origin is a 403, unless CORS_ORIGINS names it", async () => {
    expect((await post(ADA, { Origin: "https://evil.example" })).status).toBe(403);
    expect((await post(ADA, { "Sec-Fetch-Site": "cross-site" })).status).toBe(403);
    const allowed = { Origin: "https://shop.example", "Sec-Fetch-Site": "cross-site" };
    expect((await post(ADA, allowed)).status).toBe(201);
    expect((await post(BOB, { Origin: "http://localhost" })).status).toBe(201);
  });
});

describe("GET /v1/users/{id}", () => {
  test("is answered from D1 once, and from the cache then", async () => {
    const id = await signUp(harness);
    const path = `/v1/users/${id}`;
    const first = await (await harness.request(path)).json();
    const queries = harness.sql.queries.length;
    const second = await harness.request(path);
    expect(await second.json()).toEqual(first);
    expect(harness.sql.queries).toHaveLength(queries);
    expect(second.headers.get("Server-Timing")).toContain('desc="trips=1 commands=1"');
    expect(second.headers.get("Cache-Status")).toBeNull();
  });

  test("is in the cache as user:{id}, and read anew when that is invalidated", async () => {
    const path = `/v1/users/${await signUp(harness)}`;
    await harness.request(path);
    harness.sql.sqlite.exec("UPDATE users SET name = 'Ada King'");
    expect(await (await harness.request(path)).json()).toMatchObject({ name: "Ada Lovelace" });
    const key = path.replace("/v1/users/", "user:");
    const invalidated = await harness.send("POST", "/v1/cache/invalidations", { keys: [key] });
    expect(await invalidated.json()).toMatchObject({ deleted: 1 });
    expect(await (await harness.request(path)).json()).toMatchObject({ name: "Ada King" });
  });

  test("of nobody is a 404, which is remembered", async () => {
    for (let i = 0; i < 2; i += 1) expect((await harness.request("/v1/users/nobody")).status).toBe(404);
    expect(harness.sql.queries).toHaveLength(1);
  });

  test.each(["%20", "a%2Fb", "a".repeat(129)])("of %s is a 400", async (id) => {
    expect((await harness.request(`/v1/users/${id}`)).status).toBe(400);
  });
});

test.each(["refuse", "hang", "status500", "garbage"] as const)(
  "with a Redis that does %s, users are read all the same, and none is added: nobody may guess without a limit",
  async (mode) => {
    const id = await signUp(harness);
    proxy.mode = mode;
    const target = { url: proxy.url, token: redis.token };
    const { sql, env } = harness;
    harness = createHarness({ redis: target, prefix: env.KEY_PREFIX ?? "", sql, redisTimeoutMs: 100 });
    expect((await harness.request(`/v1/users/${id}`)).status).toBe(200);
    expect((await harness.request("/v1/users/nobody")).status).toBe(404);
    const response = await post(BOB);
    expect(response.status).toBe(503);
    expect(Number(response.headers.get("Retry-After"))).toBeGreaterThan(0);
    expect((await problemOf(response)).type).toMatch(/#redis-unavailable$/);
    expect([rows("users").length, rows("outbox").length]).toEqual([1, 1]);
  },
);
