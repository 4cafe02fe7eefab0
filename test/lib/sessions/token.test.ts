import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startRedis, type TestRedis } from "../../support/redis.ts";
import { everything, newUser, openSessions } from "../../support/sessions.ts";

let target: TestRedis;
beforeAll(async () => {
  target = await startRedis();
});
afterAll(() => target.close());
beforeEach(() => target.flush());

describe("a token", () => {
  test("opens its session, in another isolate too", async () => {
    const userId = newUser();
    const { token, session } = await openSessions(target).sessions.create({
      userId,
      claims: { name: "Ada" },
    });
    expect(await openSessions(target).sessions.read(token)).toEqual(session);
    expect(session).toMatchObject({ userId, claims: { name: "Ada" }, data: {} });
  });

  test("ends in 256 random bits, and no two are alike", async () => {
    const { sessions } = openSessions(target);
    const userId = newUser();
    const tokens = await Promise.all(Array.from({ length: 20 }, () => sessions.create({ userId })));
    const secrets = new Set(tokens.map(({ token }) => token.slice(-43)));
    expect(secrets.size).toBe(20);
    for (const { token } of tokens) {
      expect(token).toMatch(/^[A-Za-z0-9_-]{81}$/);
      expect(Buffer.from(token.slice(-43), "base64url")).toHaveLength(32);
    }
  });

  test("is nowhere in Redis, nor is its secret; its SHA-256 is", async () => {
    const isolate = openSessions(target);
    const { token } = await isolate.sessions.create({ userId: newUser(), data: { cart: [1] }, ip: "::1" });
    const rotated = await isolate.sessions.rotate(token);
    const tokens = [token, rotated?.token ?? "none"];
    await isolate.sessions.update(tokens[1] ?? "", { theme: "dark" });

    const held = [...(await everything(target))].flat();
    expect(held).toHaveLength(4);
    for (const text of held) {
      for (const secret of tokens.flatMap((one) => [one, one.slice(-43), atHalf(one)])) {
        expect(text).not.toContain(secret);
      }
    }
    const digest = createHash("sha256")
      .update(tokens[1] ?? "")
      .digest("hex");
    expect(held.join()).toContain(digest);
  });

  test("with one character changed opens nothing, wherever it is", async () => {
    const { sessions } = openSessions(target);
    const { token } = await sessions.create({ userId: newUser() });
    for (let at = 0; at < token.length; at += 1) {
      const other = token[at] === "A" ? "B" : "A";
      const forged = token.slice(0, at) + other + token.slice(at + 1);
      expect(await sessions.read(forged), `character ${at}`).toBeNull();
      expect(await sessions.update(forged, { a: 1 })).toEqual({ kind: "gone" });
      expect(await sessions.rotate(forged)).toBeNull();
      expect(await sessions.end(forged)).toBe(false);
    }
    expect(await sessions.read(token)).not.toBeNull();
  });

  test.each(["", "x", "a".repeat(80), "a".repeat(82), "*".repeat(81), `${"a".repeat(80)}\n`, "ü".repeat(81)])(
    "that is none (%j) is no session, and Redis is not asked",
    async (token) => {
      const { sessions, redis } = openSessions(target);
      expect(await sessions.read(token)).toBeNull();
      expect(await sessions.update(token, {})).toEqual({ kind: "gone" });
      expect(await sessions.rotate(token)).toBeNull();
      expect(await sessions.end(token)).toBe(false);
      expect(redis.meter.requests).toBe(0);
    },
  );
});

/** Half of the secret: what a careless log or key might hold. */
const atHalf = (token: string): string => token.slice(-22);

describe("signing in", () => {
  test("ends the session that the browser had until then, in one trip", async () => {
    const isolate = openSessions(target);
    const first = await isolate.sessions.create({ userId: newUser() });
    const trips = isolate.redis.meter.trips;
    const second = await isolate.sessions.create({ userId: newUser(), replaces: first.token });
    expect(isolate.redis.meter.trips - trips).toBeLessThanOrEqual(2); // The second: END, which was not known yet.
    expect(await isolate.sessions.read(first.token)).toBeNull();
    expect(await isolate.sessions.read(second.token)).not.toBeNull();
  });

  test("with a cookie that is no token, or a dead one, is a sign-in all the same", async () => {
    const { sessions } = openSessions(target);
    const first = await sessions.create({ userId: newUser(), replaces: "x" });
    await sessions.end(first.token);
    const second = await sessions.create({ userId: newUser(), replaces: first.token });
    expect(await sessions.read(second.token)).not.toBeNull();
  });

  test.each([
    ["a user id that is no name", { userId: "{x}" }, "userId must be"],
    ["claims without a text", { userId: "u", claims: { f: () => 1 } }, "claims cannot be kept"],
    ["claims too large", { userId: "u", claims: { f: "x".repeat(40_000) } }, "claims cannot be kept"],
    ["data without a text", { userId: "u", data: { f: Symbol("x") } }, "data cannot be kept"],
  ])("is refused with %s, before Redis is asked", async (_what, signIn, message) => {
    const { sessions, redis } = openSessions(target);
    await expect(sessions.create(signIn)).rejects.toThrow(message);
    expect(redis.meter.requests).toBe(0);
  });
});

describe("what is not ours under a session's key", () => {
  test.each([
    ["nothing but a time", ["seen", "1"]],
    ["claims cut off", ["claims", `{"a`]],
    ["a time that is none", ["end", "never"]],
  ])("is no session: %s", async (_what, [field, value]) => {
    const { sessions, redis } = openSessions(target);
    const { token } = await sessions.create({ userId: newUser() });
    const record = [...(await everything(target)).keys()].find((key) => !key.endsWith("}")) ?? "";
    if (field === "seen") await redis.send((p) => p.del(record));
    await redis.send((p) => p.hset(record, { [field ?? ""]: value }));
    expect(await sessions.read(token)).toBeNull();
  });
});

test("the keys of all of a user's sessions are in one slot, and name neither user nor token", async () => {
  const { sessions } = openSessions(target);
  const userId = newUser();
  for (let i = 0; i < 3; i += 1) await sessions.create({ userId });
  const keys = [...(await everything(target)).keys()];
  expect(keys).toHaveLength(4);
  expect(new Set(keys.map((key) => /\{[^}]+\}/.exec(key)?.[0])).size).toBe(1);
  for (const key of keys) expect(key).not.toContain(userId);
});
