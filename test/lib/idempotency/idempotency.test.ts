import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { RedisUnavailableError } from "../../../lib/errors.ts";
import { createIdempotency, type Begun, type IdempotencyOptions } from "../../../lib/idempotency/index.ts";
import { createConnection } from "../../../lib/redis/index.ts";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../../support/redis.ts";

let redis: TestRedis;
let proxy: FaultProxy;
let tests = 0;
let scope: string[] = [];

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
  scope = ["shop", "/v1/products", `key ${tests}`];
});

/** One request's, with a clock that its own waiting moves on. */
function open(options: Partial<IdempotencyOptions> = {}) {
  let now = 0;
  const client = createConnection({ url: proxy.url, token: redis.token, timeoutMs: 5_000 }).open();
  const idempotency = createIdempotency({
    redis: client,
    prefix: redis.prefix,
    now: () => now,
    sleep: async (ms) => {
      now += ms;
    },
    ...options,
  });
  return { ...idempotency, meter: client.meter, waited: () => now };
}

type First = Extract<Begun, { kind: "first" }>;
async function begin(options: Partial<IdempotencyOptions> = {}, body = "body"): Promise<First> {
  const begun = await open(options).begin(scope, body);
  if (begun.kind !== "first") throw new Error(`expected to run first, and was told ${begun.kind}`);
  return begun;
}

const ANSWER = { status: 201, headers: { location: "/v1/products/1" }, body: '{"id":1}' };

describe("a call that comes again", () => {
  test("answers what the first answered", async () => {
    expect(await (await begin()).finish(ANSWER)).toBe(true);
    expect(await open().begin(scope, "body")).toEqual({ kind: "repeat", answer: ANSWER });
  });

  test("with another body is refused, before and after the first has ended", async () => {
    const first = await begin();
    expect(await open().begin(scope, "other")).toEqual({ kind: "other-request" });
    await first.finish(ANSWER);
    expect(await open().begin(scope, "other")).toEqual({ kind: "other-request" });
  });

  test("by another caller, on another path or with another key is another call", async () => {
    await (await begin()).finish(ANSWER);
    for (const part of [0, 1, 2]) {
      const other = scope.map((value, i) => (i === part ? `${value}!` : value));
      expect((await open().begin(other, "body")).kind).toBe("first");
    }
  });

  test("waits for the first, and gets its answer", async () => {
    const first = await begin();
    let looks = 0;
    const second = await open({
      sleep: async () => {
        looks += 1;
        if (looks === 3) await first.finish(ANSWER);
      },
    }).begin(scope, "body");
    expect(second).toEqual({ kind: "repeat", answer: ANSWER });
    expect(looks).toBe(3);
  });

  test("waits 5 seconds and no longer", async () => {
    await begin();
    const second = open();
    expect(await second.begin(scope, "body")).toEqual({ kind: "still-running" });
    expect(second.waited()).toBe(5_000);
    expect(second.meter.trips).toBeLessThanOrEqual(17);
  });

  test("runs where the first was given back, and with another body is still refused", async () => {
    await (await begin()).abandon();
    expect(await open().begin(scope, "other")).toEqual({ kind: "other-request" });
    expect((await open().begin(scope, "body")).kind).toBe("first");
  });
});

test("of 20 at once one runs, and all others get its answer", async () => {
  let ran = 0;
  const answers = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const begun = await open({
        sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
        now: Date.now,
      }).begin(scope, "body");
      if (begun.kind === "repeat") return begun.answer;
      if (begun.kind !== "first") return begun.kind;
      ran += 1;
      await begun.finish(ANSWER);
      return ANSWER;
    }),
  );
  expect(ran).toBe(1);
  expect(answers).toEqual(Array.from({ length: 20 }, () => ANSWER));
});

describe("a call that was killed", () => {
  const leaseSeconds = 0.05;

  test("lets another run once its lease is over, and can leave no answer then", async () => {
    const killed = await begin({ leaseSeconds });
    let second: Begun | undefined;
    await expect
      .poll(async () => {
        second = await open({ waitMs: 0 }).begin(scope, "body");
        return second.kind;
      })
      .toBe("first");
    expect(await killed.finish({ ...ANSWER, body: "too late" })).toBe(false);
    await killed.abandon();
    expect(await (second as First).finish(ANSWER)).toBe(true);
    expect(await open().begin(scope, "body")).toEqual({ kind: "repeat", answer: ANSWER });
  });

  test("still refuses another body under its key", async () => {
    await begin({ leaseSeconds: 0.001 });
    expect(await open().begin(scope, "other")).toEqual({ kind: "other-request" });
  });
});

test("an answer is kept for as long as was said", async () => {
  await (await begin({ keepSeconds: 0.05 })).finish(ANSWER);
  await expect.poll(async () => (await open({ waitMs: 0 }).begin(scope, "body")).kind).toBe("first");
});

test("a day is what is kept where nothing is said, and a call cut short is kept no longer", async () => {
  await (await begin()).finish(ANSWER);
  const client = createConnection({ url: redis.url, token: redis.token, timeoutMs: 5_000 }).open();
  const hash = new Uint8Array(
    await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(scope))),
  );
  const key = `${redis.prefix}:idempotency:{${Buffer.from(hash).toString("hex")}}`;
  const ttl = await client.send<number>((pipeline) => pipeline.ttl(key));
  expect(ttl).toBeGreaterThan(86_300);
  expect(ttl).toBeLessThanOrEqual(86_400);
  expect(await client.send((pipeline) => pipeline.exists(`${key}:lease`))).toBe(0);
});

test("what callers chose and sent stands in no key and no command", async () => {
  proxy.reset();
  const secret = "sk_live_secret";
  await open().begin([secret, `${secret}{x}`], secret);
  expect(JSON.stringify(proxy.seen)).not.toContain(secret);
});

test("without Redis nothing runs", async () => {
  proxy.mode = "refuse";
  await expect(open().begin(scope, "body")).rejects.toBeInstanceOf(RedisUnavailableError);
});

test("a call that lost Redis's answer can be tried again at once", async () => {
  const behind: Promise<unknown>[] = [];
  const lost = open({
    waitUntil: (work) => {
      proxy.mode = "pass";
      behind.push(work);
    },
  });
  await open().begin(["warm the scripts up"], "");
  proxy.mode = "dropResponse";
  await expect(lost.begin(scope, "body")).rejects.toBeInstanceOf(RedisUnavailableError);
  await Promise.all(behind);
  expect((await open({ waitMs: 0 }).begin(scope, "body")).kind).toBe("first");
});

test("costs one trip to begin and one to finish, a repeat one in all", async () => {
  await open().begin(["warm the scripts up"], "");
  const first = open();
  const begun = (await first.begin(scope, "body")) as First;
  expect(first.meter).toMatchObject({ trips: 1, commands: 5 });
  await begun.finish(ANSWER);
  const cost = { trips: first.meter.trips, commands: first.meter.commands };
  // The script's text goes over once for each Redis.
  expect([2, 3]).toContain(cost.trips);
  const repeat = open();
  await repeat.begin(scope, "body");
  expect(repeat.meter.trips).toBe(1);
});
