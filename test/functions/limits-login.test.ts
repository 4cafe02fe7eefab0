import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createClock, type Clock } from "../support/clock.ts";
import { startRedis, type TestRedis } from "../support/redis.ts";
import { problemOf, type Harness } from "./support/harness.ts";
import { createLimited, from, MINUTE, told } from "./support/limits.ts";

let redis: TestRedis;
let clock: Clock;
let harness: Harness;
let tests = 0;

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(async () => redis.close());
beforeEach(() => {
  tests += 1;
  clock = createClock(MINUTE + 10_000);
  harness = createLimited({ redis, prefix: `${redis.prefix}limits-login${tests}`, clock });
});

const ADDRESS = "203.0.113.7";
const signIn = (email: string, address = ADDRESS, password = "wrong horse") =>
  harness.send("POST", "/v1/sessions", { email, password }, from(address).headers);
const signUp = (email: string, address = ADDRESS) =>
  harness.send("POST", "/v1/users", { email, name: "A", password: "correct horse" }, from(address).headers);
const statuses = async (calls: (() => Promise<Response>)[]) => {
  const all = [];
  for (const call of calls) all.push((await call()).status);
  return all;
};
const times = (count: number, call: (i: number) => Promise<Response>) =>
  Array.from({ length: count }, (_, i) => () => call(i));

describe("signing in", () => {
  test("is counted where /v1/limits looks and resets, for e-mails and addresses as people write them", async () => {
    const ipv6 = "2001:db8:1:2::1";
    await statuses(times(6, () => signIn("ada@example.com", ipv6)));
    const limits = [
      { policy: "login-email", identifier: " ADA@example.com", cost: 0 },
      { policy: "login", identifier: "2001:db8:1:2::99", cost: 0 },
    ];
    const look = async () => {
      const answer = await harness.send("POST", "/v1/limits/check", { limits });
      const decision = (await answer.json()) as { limits: { remaining: number }[] };
      return decision.limits.map(({ remaining }) => remaining);
    };
    expect(await look()).toEqual([0, 5]);
    for (const { policy, identifier } of limits) {
      expect((await harness.send("POST", "/v1/limits/reset", { policy, identifier })).status).toBe(204);
    }
    expect(await look()).toEqual([5, 10]);
    expect((await signIn("ada@example.com", ipv6)).status).toBe(401);
  });

  test("is tried 5 times a minute for one e-mail, wherever from and however it is written", async () => {
    const tries = times(6, (i) => signIn(i % 2 ? "ADA@example.com" : "ada@example.com", `203.0.113.${i}`));
    expect(await statuses(tries)).toEqual([401, 401, 401, 401, 401, 429]);
    const refused = await signIn("ada@example.com", "198.51.100.1");
    expect(refused.headers.get("Retry-After")).toBe("50");
    expect(told(refused)).toEqual([
      '"login";q=10;w=60, "login-email";q=5;w=60, "public";q=300;w=60',
      expect.stringMatching(/^"login-email";r=0;t=50, "public";r=29\d;t=6\d$/),
    ]);
    expect(await problemOf(refused)).toMatchObject({ status: 429, "violated-policies": ["login-email"] });
    expect((await signIn("bob@example.com", "198.51.100.1")).status).toBe(401);
  });

  test("is tried 10 times a minute from one address, whoever is meant", async () => {
    const tries = times(11, (i) => signIn(`user${i}@example.com`));
    expect(await statuses(tries)).toEqual([...Array.from({ length: 10 }, () => 401), 429]);
    expect(await problemOf(await signIn("new@example.com"))).toMatchObject({
      "violated-policies": ["login"],
    });
    // What the address was refused did not count against the e-mail.
    const others = times(5, (i) => signIn("new@example.com", `198.51.100.${i}`));
    expect(await statuses(others)).toEqual([401, 401, 401, 401, 401]);
  });

  test("is let pass again when the minute is over, and no sooner", async () => {
    await Promise.all(times(5, () => signIn("ada@example.com")).map((call) => call()));
    clock.advance(49);
    expect((await signIn("ada@example.com")).status).toBe(429);
    clock.advance(1);
    expect((await signIn("ada@example.com")).status).toBe(401);
  });

  test("of many tries at once lets exactly 5 reach the password", async () => {
    const tries = await Promise.all(
      times(30, (i) => signIn("ada@example.com", `203.0.113.${i % 6}`)).map((call) => call()),
    );
    expect(tries.filter(({ status }) => status === 401)).toHaveLength(5);
    expect(tries.filter(({ status }) => status === 429)).toHaveLength(25);
    expect(harness.sql.queries).toHaveLength(5);
  });

  test("with a bad body is a 400 that takes nothing of it", async () => {
    const bad = times(12, () => signIn("ada@example.com", ADDRESS, "a".repeat(401)));
    expect(new Set(await statuses(bad))).toEqual(new Set([400]));
    const answer = await signIn("ada@example.com");
    expect(told(answer)[1]).toMatch(/^"login";r=9;t=50, "login-email";r=4;t=50, "public";/);
  });

  test("with no e-mail at all is limited by its address", async () => {
    expect(await statuses(times(11, () => signIn("")))).toEqual([
      ...Array.from({ length: 10 }, () => 401),
      429,
    ]);
  });
});

test("signing up shares both limits with signing in", async () => {
  expect((await signUp("ada@example.com")).status).toBe(201);
  expect(await statuses(times(4, () => signIn("ada@example.com")))).toEqual([401, 401, 401, 401]);
  expect((await signUp("ADA@example.com")).status).toBe(429);
  expect((await signIn("ada@example.com")).status).toBe(429);
});

test("signing up is tried 10 times a minute from one address, and adds nobody beyond", async () => {
  const tries = times(12, (i) => signUp(`user${i}@example.com`));
  expect(await statuses(tries)).toEqual([...Array.from({ length: 10 }, () => 201), 429, 429]);
  expect(harness.sql.sqlite.prepare("SELECT count(*) AS n FROM users").get()?.["n"]).toBe(10);
});
