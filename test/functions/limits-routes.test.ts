import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { Decision } from "../../lib/ratelimit/index.ts";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../support/redis.ts";
import { createHarness, KEYS, type Harness } from "./support/harness.ts";
import { readOpenApi } from "./support/openapi.ts";

let redis: TestRedis;
let proxy: FaultProxy;
let harness: Harness;
/** Ends each check that waits, with a refusal. */
let held: (() => void)[] = [];

beforeAll(async () => {
  redis = await startRedis();
  proxy = await startFaultProxy(redis.url);
});
afterAll(async () => {
  await proxy.close();
  await redis.close();
});
afterEach(async () => harness.settled());
beforeEach(() => {
  held = [];
  proxy.reset();
  harness = createHarness({
    redis: { url: proxy.url, token: redis.token },
    prefix: `${redis.prefix}limits-routes`,
    adapt: (services) => ({
      ...services,
      limiter: {
        ...services.limiter,
        check: () => new Promise((resolve) => held.push(() => resolve(REFUSED))),
      },
    }),
  });
});

const REFUSED: Decision = {
  success: false,
  limits: [
    {
      name: "a",
      limit: 1,
      windowSeconds: 60,
      remaining: 0,
      resetAt: 0,
      resetSeconds: 9,
      success: false,
      shadowed: false,
    },
  ],
};

/** Every route below /v1, with a name for each parameter. */
function routes(): [method: string, path: string, responses: string[]][] {
  const { paths } = readOpenApi<{ paths: Record<string, Record<string, { responses: object }>> }>();
  return Object.entries(paths)
    .filter(([path]) => path.startsWith("/v1/"))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { responses }]): [string, string, string[]] => [
        method.toUpperCase(),
        path.replaceAll(/\{\w+\}/g, "1"),
        Object.keys(responses),
      ]),
    );
}

/** A body that tells whether it was read. */
function watched() {
  const seen = { read: false };
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        seen.read = true;
        controller.enqueue(new TextEncoder().encode("{}"));
        controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  return { body, seen };
}

const HEADERS = {
  Authorization: `Bearer ${KEYS.all}`,
  "Content-Type": "application/json",
  "Idempotency-Key": "a",
};

describe("every route below /v1", () => {
  test("says in /openapi.json that it may answer 429", async () => {
    const all = routes();
    expect(all.length).toBeGreaterThan(8);
    expect(all.filter(([, , responses]) => !responses.includes("429"))).toEqual([]);
  });

  test("that reads is under a limit", async () => {
    for (const [method, path] of routes()) {
      if (method !== "GET") continue;
      const answer = harness.request(path, { headers: HEADERS });
      await vi.waitFor(() => expect(held, path).toHaveLength(1));
      held.pop()?.();
      const { status, headers } = await answer;
      // Who is not signed in is told that first.
      expect([429, 401], path).toContain(status);
      expect(headers.get("RateLimit")).toBe('"a";r=0;t=9');
    }
  });

  test("that changes something reads no body, asks no D1 and no Redis before its limit has said yes", async () => {
    for (const [method, path] of routes()) {
      if (method === "GET") continue;
      const { body, seen } = watched();
      const init: RequestInit & { duplex: "half" } = { method, headers: HEADERS, body, duplex: "half" };
      const answer = harness.request(path, init);
      await vi.waitFor(() => expect(held, `${method} ${path}`).toHaveLength(1));
      // A long while for what does not wait.
      for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => setImmediate(resolve));
      held.pop()?.();
      const { status, headers } = await answer;
      expect([429, 401], `${method} ${path}`).toContain(status);
      expect(headers.get("RateLimit")).toBe('"a";r=0;t=9');
      expect([method, path, seen.read, harness.sql.queries, proxy.requests]).toEqual([
        method,
        path,
        false,
        [],
        0,
      ]);
    }
  });
});
