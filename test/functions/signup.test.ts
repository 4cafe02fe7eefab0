// From a sign-up to the welcome mail: the outbox, the log, the subscriber.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../support/redis.ts";
import { ADA, BOB, signUp } from "./support/browser.ts";
import { createHarness, type Harness, type HarnessOptions } from "./support/harness.ts";
import { killedBehindAnswers } from "./support/killed.ts";

let redis: TestRedis;
let proxy: FaultProxy;
let harness: Harness;
let prefix = "";
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
  tests += 1;
  prefix = `${redis.prefix}signup${tests}`;
  harness = create();
});

/** Another isolate of the same Worker, by default. */
const create = (options: Partial<HarnessOptions> = {}): Harness =>
  createHarness({ redis: { url: proxy.url, token: redis.token }, prefix, ...options });

const publish = (data: unknown, type = "signup", from = harness) =>
  from.send("POST", "/v1/channels/user:events/events", { type, data });

async function subscriber(): Promise<Record<string, unknown>> {
  const response = await harness.send("GET", "/v1/subscriptions/welcome-mail", undefined);
  expect(response.status).toBe(200);
  return response.json();
}

const waiting = () => harness.sql.sqlite.prepare("SELECT count(*) AS n FROM outbox").get()?.["n"];

describe("who signs up", () => {
  test("gets one welcome mail, behind the answer", async () => {
    await signUp(harness);
    await harness.settled();
    expect(harness.mails).toEqual([
      {
        from: "sedge@example.com",
        to: ADA.email,
        subject: "Welcome to Sedge",
        text: expect.stringContaining("sign in"),
      },
    ]);
    await signUp(harness, BOB);
    await harness.settled();
    await harness.fireScheduled();
    expect(harness.mails.map(({ to }) => to)).toEqual([ADA.email, BOB.email]);
    expect(await subscriber()).toMatchObject({ url: null, delivered: 2, failed: 0, lag: 0 });
  });

  test("is told of by one event with their id and e-mail, and the outbox is empty then", async () => {
    const id = await signUp(harness);
    await harness.settled();
    const response = await harness.send("GET", "/v1/channels/user:*/events", undefined);
    expect(await response.json()).toMatchObject({
      items: [{ channel: "user:events", type: "signup", key: id, data: { userId: id, email: ADA.email } }],
      next: null,
    });
    expect(waiting()).toBe(0);
  });

  test("finds no word of theirs in the mail: it may be a stranger's address", async () => {
    const name = "Win at https://evil.example";
    await signUp(harness, { ...ADA, name });
    await harness.settled();
    expect(JSON.stringify(harness.mails)).toContain(ADA.email);
    expect(JSON.stringify(harness.mails)).not.toContain("evil");
  });

  test.each(["refuse", "hang", "status500", "dropResponse"] as const)(
    "while Redis begins to %s gets 201 all the same, and the mail once Redis is back",
    async (mode) => {
      harness = create({ redisTimeoutMs: 300 });
      harness.sql.before = async (query) => {
        if (query.includes("INSERT INTO users")) proxy.mode = mode;
      };
      await signUp(harness);
      await harness.settled();
      expect(harness.mails).toEqual([]);
      expect(waiting()).toBe(1);
      expect(harness.logs).toContainEqual(expect.objectContaining({ event: "outbox", level: "warn" }));

      proxy.mode = "pass";
      const later = create({ sql: harness.sql });
      await later.fireScheduled();
      expect(later.mails.map(({ to }) => to)).toEqual([ADA.email]);
      expect(waiting()).toBe(0);
    },
  );

  test("gets the mail from the next scheduled run, where the Worker was killed behind the answer", async () => {
    const killed = create({ adapt: killedBehindAnswers });
    await signUp(killed);
    const later = create({ sql: killed.sql });
    await later.fireScheduled();
    expect(later.mails.map(({ to }) => to)).toEqual([ADA.email]);
  });
});

test("a scheduled run that cannot ask D1 for the outbox delivers what is in the log, and counts as failed", async () => {
  const killed = create({ adapt: killedBehindAnswers });
  const userId = await signUp(killed);
  await publish({ userId }, "signup", killed);
  const later = create({ sql: killed.sql });
  later.sql.before = async (query) => {
    if (query.includes("FROM outbox")) throw new Error("D1_ERROR: no such luck");
  };
  await expect(later.fireScheduled()).rejects.toThrow(AggregateError);
  expect(later.mails).toHaveLength(1);
});

describe("the welcome mail", () => {
  test("goes to addresses of users alone, whatever an event says", async () => {
    for (const data of [
      { userId: "nobody", email: "eve@example.com" },
      { email: "eve@example.com" },
      "rubbish",
      null,
    ]) {
      expect((await publish(data)).status).toBe(202);
    }
    await harness.settled();
    expect(harness.mails).toEqual([]);
    expect(await subscriber()).toMatchObject({ delivered: 4, failed: 0, lag: 0 });
  });

  test("is sent for no other event of a user's", async () => {
    const userId = await signUp(harness);
    await publish({ userId }, "password-changed");
    await harness.settled();
    expect(harness.mails).toHaveLength(1);
    expect(await subscriber()).toMatchObject({ delivered: 2, lag: 0 });
  });

  test("that cannot be sent is tried again, and holds up no other subscriber", async () => {
    const broken = create({ env: { MAIL_FROM: "" } });
    await signUp(broken);
    await broken.settled();
    expect(await subscriber()).toMatchObject({ delivered: 0, failed: 1, lag: 1 });
    const { items } = await (
      await harness.send("GET", "/v1/subscriptions/welcome-mail/deliveries", undefined)
    ).json<{ items: { error: string; status: null }[] }>();
    expect(items).toHaveLength(1);
    const ready = await broken.request("/readyz");
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ configuration: [expect.stringMatching(/^MAIL_FROM /)] });
  });
});
