import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../support/redis.ts";
import { createHarness, KEYS, problemOf, type Harness } from "./support/harness.ts";

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

const isolate = () =>
  createHarness({
    redis: { url: proxy.url, token: redis.token },
    prefix: `${redis.prefix}counters-once${tests}`,
  });
beforeEach(() => {
  proxy.mode = "pass";
  tests += 1;
  harness = isolate();
});

const MAX = Number.MAX_SAFE_INTEGER;
const increment = (body: unknown = {}, headers: Record<string, string> = {}, target = harness) =>
  target.send("POST", "/v1/counters/sales/increments", body, { "Idempotency-Key": "order 7", ...headers });
const replayed = (response: Response) => response.headers.get("Idempotency-Replayed");
const value = async () => {
  const headers = { Authorization: `Bearer ${KEYS.all}` };
  const response = await harness.request("/v1/counters/sales", { headers });
  return (await response.json<{ value: number }>()).value;
};

describe("an increment with an Idempotency-Key", () => {
  test("counts once, and the repeat answers as the first, whatever came between", async () => {
    const first = await increment({ by: 5 });
    await increment({ by: 100 }, { "Idempotency-Key": "another" });
    const repeat = await increment({ by: 5 });
    expect([first.status, replayed(first)]).toEqual([200, null]);
    expect([repeat.status, replayed(repeat)]).toEqual([200, "true"]);
    expect(await repeat.json()).toEqual({ name: "sales", value: 5 });
    expect(await value()).toBe(105);
  });

  test("and another body is a 422 that counts nothing", async () => {
    await increment({ by: 5 });
    const response = await increment({ by: 6 });
    expect(response.status).toBe(422);
    expect((await problemOf(response)).type).toMatch(/#idempotency-key-reused$/);
    expect(await value()).toBe(5);
  });

  test("is another's on another counter, and with another key to the API", async () => {
    const writer = JSON.stringify({
      ...(JSON.parse(harness.env.API_KEYS ?? "{}") as object),
      other: {
        sha256: "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b",
        scopes: ["counters:write"],
      },
    });
    const target = { redis: { url: proxy.url, token: redis.token }, prefix: harness.env.KEY_PREFIX ?? "" };
    harness = createHarness({ ...target, env: { API_KEYS: writer } });
    await increment();
    expect(replayed(await increment({}, { Authorization: "Bearer secret" }))).toBeNull();
    expect(await value()).toBe(2);
    const other = await harness.send(
      "POST",
      "/v1/counters/other/increments",
      {},
      { "Idempotency-Key": "order 7" },
    );
    expect(await other.json()).toEqual({ name: "other", value: 1 });
  });

  test("sent 10 times at once by 10 isolates counts once, and all answer it", async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => increment({ by: 3 }, {}, isolate())));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    expect(answers.filter((answer) => replayed(answer) === null)).toHaveLength(1);
    for (const answer of answers) expect(await answer.json()).toEqual({ name: "sales", value: 3 });
    expect(await value()).toBe(3);
  });

  test("whose reply from Redis was lost is a 503; sent again it answers what was lost and counts nothing", async () => {
    await increment({ by: 1 }, { "Idempotency-Key": "warm" });
    // Only the reply to the step that counts is lost.
    let lost = 0;
    harness = createHarness({
      redis: { url: proxy.url, token: redis.token },
      prefix: harness.env.KEY_PREFIX ?? "",
      adapt: (services) => ({
        ...services,
        counters: {
          ...services.counters,
          async increment(...args) {
            if (lost > 0) return services.counters.increment(...args);
            lost += 1;
            proxy.mode = "dropResponse";
            return services.counters.increment(...args).finally(() => {
              proxy.mode = "pass";
            });
          },
        },
      }),
    });
    expect((await increment({ by: 7 })).status).toBe(503);
    expect(await value()).toBe(8);
    const again = await increment({ by: 7 });
    expect([again.status, replayed(again)]).toEqual([200, "true"]);
    expect(await again.json()).toEqual({ name: "sales", value: 8 });
    expect(await value()).toBe(8);
  });

  test("that was a 409 stays one, though there is room by now", async () => {
    await increment({ by: MAX }, { "Idempotency-Key": "fill" });
    expect((await increment({ by: 1 })).status).toBe(409);
    await increment({ by: -10 }, { "Idempotency-Key": "drain" });
    const repeat = await increment({ by: 1 });
    expect([repeat.status, replayed(repeat)]).toEqual([409, "true"]);
    expect(await value()).toBe(MAX - 10);
  });

  test("is not used up by a request that was refused", async () => {
    expect((await increment({ by: 0.5 })).status).toBe(400);
    expect(replayed(await increment())).toBeNull();
  });

  test("costs three trips, and a repeat one", async () => {
    await increment({}, { "Idempotency-Key": "warm" });
    await increment({}, { "Idempotency-Key": "warm" });
    expect((await increment()).headers.get("Server-Timing")).toContain("trips=3 ");
    expect((await increment()).headers.get("Server-Timing")).toContain("trips=1 ");
  });
});
