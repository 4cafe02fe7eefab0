import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startRedis, type TestRedis } from "../support/redis.ts";
import { everything } from "../support/sessions.ts";
import {
  createBrowser,
  sessionOf,
  signedIn,
  signUp,
  type Browser,
  type SessionBody,
} from "./support/browser.ts";
import { createHarness, type Harness, type HarnessOptions } from "./support/harness.ts";

let redis: TestRedis;
let harness: Harness;
let prefix = "";
let browser: Browser;
let tests = 0;

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(async () => redis.close());
const create = (options: Partial<HarnessOptions> = {}) => createHarness({ redis, prefix, ...options });
beforeEach(async () => {
  tests += 1;
  prefix = `${redis.prefix}races${tests}`;
  harness = create();
  await signUp(harness);
  browser = await signedIn(harness);
});

const keys = async () => [...(await everything({ ...redis, prefix: `${prefix}:sessions` })).keys()];
/** The same cookie in another isolate. */
const inAnother = (isolate: Harness): Browser =>
  Object.assign(createBrowser(isolate), { token: browser.token });

test("30 PATCHes at once, in isolates of their own, each of another field, all survive", async () => {
  const fields = Array.from({ length: 30 }, (_, i) => [`field${i}`, i] as const);
  const answers = await Promise.all(
    fields.map(([name, value]) =>
      inAnother(create()).send("PATCH", "/v1/session", { data: { [name]: value } }),
    ),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(((await sessionOf(browser)) as SessionBody).data).toEqual(Object.fromEntries(fields));
});

describe("what comes after a sign-out revives nothing:", () => {
  test.each([
    ["PATCH", "/v1/session", "update"],
    ["POST", "/v1/session/rotation", "rotate"],
  ] as const)("%s %s that had seen the session before", async (method, path, operation) => {
    const late = create({
      adapt: (services) => {
        const { sessions } = services;
        const held = async (...args: unknown[]) => {
          expect((await browser.send("DELETE", "/v1/session")).status).toBe(204);
          return (sessions[operation] as (...all: unknown[]) => Promise<unknown>)(...args);
        };
        return { ...services, sessions: { ...sessions, [operation]: held } };
      },
    });
    const tab = inAnother(late);
    const response = await tab.send(method, path, method === "PATCH" ? { data: { a: 1 } } : undefined);
    expect(response.status).toBe(401);
    expect(response.headers.get("Set-Cookie")).toBeNull();
    expect(await keys()).toEqual([]);
  });

  test("PATCHes, reads and a sign-out at once, many times", async () => {
    for (let round = 0; round < 8; round += 1) {
      const tabs = Array.from({ length: 12 }, () => create());
      const [out, ...others] = await Promise.all([
        inAnother(harness).send("DELETE", "/v1/session"),
        ...tabs.map((tab, i) =>
          i % 3 === 0
            ? inAnother(tab).send("GET", "/v1/session")
            : inAnother(tab).send("PATCH", "/v1/session", { data: { [`f${i}`]: i } }),
        ),
      ]);
      await Promise.all(tabs.map((tab) => tab.settled()));
      expect(out?.status).toBe(204);
      for (const { status } of others) expect([200, 401]).toContain(status);
      expect(await sessionOf(browser)).toBe(401);
      expect(await keys()).toEqual([]);
      browser = await signedIn(harness);
    }
  });
});

test("of 10 rotations at once one wins, and its cookie is the one that lives", async () => {
  const tabs = Array.from({ length: 10 }, () => inAnother(create()));
  const before = browser.token;
  const answers = await Promise.all(tabs.map((tab) => tab.send("POST", "/v1/session/rotation")));
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  expect(statuses.filter((status) => status === 401)).toHaveLength(9);
  expect(await sessionOf(browser)).toBe(401);
  const [winner, ...more] = tabs.filter(({ token }) => token !== before);
  expect(more).toEqual([]);
  expect(winner && (await sessionOf(winner))).toMatchObject({ user: { name: "Ada Lovelace" } });
});

test("ending all sessions beside sign-ins leaves only such as the list shows", async () => {
  const [, ...others] = await Promise.all([
    browser.send("DELETE", "/v1/sessions"),
    ...Array.from({ length: 10 }, () => signedIn(create({ sql: harness.sql }))),
  ]);
  const living: Browser[] = [];
  for (const other of others) if ((await sessionOf(other)) !== 401) living.push(other);
  const [one] = living;
  const listed = one === undefined ? { items: [] } : await (await one.send("GET", "/v1/sessions")).json();
  expect(listed).toMatchObject({ items: living.map(() => ({})) });
  expect((await keys()).filter((key) => !key.endsWith("}"))).toHaveLength(living.length);
});
