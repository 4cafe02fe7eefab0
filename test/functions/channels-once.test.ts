// Events over HTTP with an Idempotency-Key, and with a Redis that fails.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  startFaultProxy,
  startRedis,
  type FaultMode,
  type FaultProxy,
  type TestRedis,
} from "../support/redis.ts";
import { createHarness, KEYS, problemOf, type Harness } from "./support/harness.ts";

let redis: TestRedis;
let proxy: FaultProxy;
let harness: Harness;
let tests = 0;
beforeAll(async () => {
  redis = await startRedis();
  proxy = await startFaultProxy(redis.url);
});
afterEach(() => harness.settled());
afterAll(async () => {
  await proxy.close();
  await redis.close();
});

const isolate = () =>
  createHarness({
    redis: { url: proxy.url, token: redis.token },
    prefix: `${redis.prefix}channels-once${tests}`,
  });
beforeEach(() => {
  proxy.mode = "pass";
  tests += 1;
  harness = isolate();
});

const publish = (body: unknown, headers: Record<string, string> = {}, target = harness) =>
  target.send("POST", "/v1/channels/shop:orders/events", body, { "Idempotency-Key": "order 7", ...headers });
const replayed = (response: Response) => response.headers.get("Idempotency-Replayed");
const data = async () => {
  // Another isolate: this one's breaker may still be open.
  const response = await isolate().request("/v1/channels/*/events", {
    headers: { Authorization: `Bearer ${KEYS.all}` },
  });
  return (await response.json<{ items: { data: unknown }[] }>()).items.map((event) => event.data);
};

describe("an event with an Idempotency-Key", () => {
  test("is published once, and the repeat answers as the first, in one trip", async () => {
    const first = await publish({ data: 1 });
    await publish({ data: 2 }, { "Idempotency-Key": "another" });
    const repeat = await publish({ data: 1 });
    expect([first.status, replayed(first)]).toEqual([202, null]);
    expect([repeat.status, replayed(repeat)]).toEqual([202, "true"]);
    expect(await repeat.json()).toEqual(await first.json());
    expect(repeat.headers.get("Server-Timing")).toContain("trips=1 ");
    expect(await data()).toEqual([1, 2]);
  });

  test("and another body is a 422 that publishes nothing", async () => {
    await publish({ data: 1 });
    for (const body of [{ data: 2 }, { data: 1, type: "t" }, { data: 1, key: "k" }]) {
      const response = await publish(body);
      expect([response.status, (await problemOf(response)).type]).toEqual([
        422,
        expect.stringMatching(/#idempotency-key-reused$/),
      ]);
    }
    expect(await data()).toEqual([1]);
  });

  test("is another's on another channel, and with another key to the API", async () => {
    const keys = JSON.stringify({
      ...(JSON.parse(harness.env.API_KEYS ?? "{}") as object),
      other: {
        sha256: "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b",
        scopes: ["events:publish"],
      },
    });
    const other = createHarness({
      redis: { url: proxy.url, token: redis.token },
      prefix: harness.env.KEY_PREFIX ?? "",
      env: { API_KEYS: keys },
    });
    await publish({ data: 1 });
    expect(replayed(await publish({ data: 2 }, { Authorization: "Bearer secret" }, other))).toBeNull();
    const elsewhere = await harness.send(
      "POST",
      "/v1/channels/shop:refunds/events",
      { data: 3 },
      { "Idempotency-Key": "order 7" },
    );
    expect([elsewhere.status, replayed(elsewhere)]).toEqual([202, null]);
    expect(await data()).toEqual([1, 2, 3]);
  });

  test("sent 10 times at once by 10 isolates is published once, and all answer its id", async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => publish({ data: 1 }, {}, isolate())));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 202));
    expect(answers.filter((answer) => replayed(answer) === null)).toHaveLength(1);
    const ids = await Promise.all(answers.map((answer) => answer.json<{ id: string }>()));
    expect(new Set(ids.map(({ id }) => id)).size).toBe(1);
    expect(await data()).toEqual([1]);
  });

  test.each(["é", "x".repeat(256), ""])("%j, which is none, is a 400 that publishes nothing", async (key) => {
    const response = await publish({ data: 1 }, { "Idempotency-Key": key });
    expect(response.status).toBe(400);
    expect((await problemOf(response)).errors).toMatchObject([{ path: "Idempotency-Key" }]);
    expect(await data()).toEqual([]);
  });

  test("is not used up by a request that was refused", async () => {
    expect((await publish({ data: 1, key: "a b" })).status).toBe(400);
    expect(replayed(await publish({ data: 1 }))).toBeNull();
  });

  test("whose reply from Redis was lost is a 503; sent again it answers what was lost and publishes nothing", async () => {
    await publish({ data: "warm" }, { "Idempotency-Key": "warm" });
    proxy.mode = "dropResponse";
    expect((await publish({ data: 1 })).status).toBe(503);
    proxy.mode = "pass";
    const again = await publish({ data: 1 }, {}, isolate());
    expect([again.status, replayed(again)]).toEqual([202, "true"]);
    expect(await data()).toEqual(["warm", 1]);
  });
});

describe("with Redis away", () => {
  test.each(["refuse", "status500", "garbage"] satisfies FaultMode[])(
    "(%s) nothing is claimed to be published, read or issued: 503",
    async (mode) => {
      await publish({ data: "before" });
      proxy.mode = mode;
      harness = isolate();
      const headers = { Authorization: `Bearer ${KEYS.all}` };
      const answers = [
        await publish({ data: 1 }, { "Idempotency-Key": "another" }),
        await harness.request("/v1/channels/shop:orders/events", { headers }),
        await harness.request(`/v1/channels/shop:orders/events?token=${"a".repeat(43)}`),
        await harness.send("POST", "/v1/channels/shop:orders/tokens", {}),
      ];
      for (const answer of answers) {
        expect([answer.status, (await problemOf(answer)).type]).toEqual([
          503,
          expect.stringMatching(/#redis-unavailable$/),
        ]);
        expect(answer.headers.get("Retry-After")).toBeTruthy();
      }
      proxy.mode = "pass";
      expect(await data()).toEqual(["before"]);
    },
  );
});
