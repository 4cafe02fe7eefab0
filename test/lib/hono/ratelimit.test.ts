import { Hono } from "hono";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { problemResponse } from "../../../lib/hono/index.ts";
import { rateLimit, type RateLimitMiddlewareOptions } from "../../../lib/hono/ratelimit.ts";
import { createRateLimiter, type Limit, type Policy } from "../../../lib/ratelimit/index.ts";
import { createConnection, type Redis } from "../../../lib/redis/index.ts";
import { createClock, createGate } from "../../support/cache.ts";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../../support/redis.ts";
import { policyOf } from "../ratelimit/support.ts";

let target: TestRedis;
let proxy: FaultProxy;
beforeAll(async () => {
  target = await startRedis();
  proxy = await startFaultProxy(target.url);
});
afterEach(() => {
  proxy.mode = "pass";
});
afterAll(async () => {
  await proxy.close();
  await target.close();
});

interface AppEnv {
  Variables: { redis: Redis };
}

const clock = createClock(60_000 * 30_000_000);

/** An app whose handlers tell when they run, each request with a client of its own. */
function createApp(
  limits: readonly Limit[],
  { refuse }: Pick<RateLimitMiddlewareOptions<AppEnv>, "refuse"> = {},
) {
  const ran: string[] = [];
  const app = new Hono<AppEnv>();
  app.use(async (c, next) => {
    c.set("redis", createConnection({ url: proxy.url, token: target.token, timeoutMs: 5_000 }).open());
    c.header("X-Request-Id", "r1");
    await next();
    c.header("X-Error", c.error?.message ?? "none");
  });
  app.use(
    rateLimit<AppEnv>({
      limiter: (c) =>
        createRateLimiter({
          redis: c.var.redis,
          prefix: target.prefix.slice(0, -1),
          timeoutMs: 5_000,
          now: clock.now,
          redisNow: clock.now,
        }),
      limits: () => limits,
      ...(refuse === undefined ? {} : { refuse }),
    }),
  );
  app.on(["GET", "POST"], "/", async (c) => {
    ran.push(c.req.method);
    const value = await c.var.redis.send<string | null>((pipeline) => pipeline.get(`${target.prefix}k`));
    c.header("ETag", '"secret"');
    c.header("Set-Cookie", "session=secret");
    return c.text(value ?? "nothing");
  });
  app.get("/fault", () => {
    throw new Error("handler's fault");
  });
  app.onError((error) => new Response(error.message, { status: 500 }));
  return { app, ran };
}

const limitOf = (policy: Partial<Policy> = {}): Limit => ({
  policy: policyOf({ windowSeconds: 60, limit: 1, ...policy }),
  identifier: "203.0.113.7",
});

/** Sends the script, if Redis does not know it yet, so that it does not count. */
async function warm(): Promise<void> {
  await createApp([limitOf()]).app.request("/");
  proxy.reset();
}

describe("a safe method", () => {
  test("waits for Redis once: what the limit asks and what the handler asks go in one trip", async () => {
    await warm();
    const { app } = createApp([limitOf(), limitOf({ algorithm: "sliding" })]);
    const answer = await app.request("/");
    expect(answer.status).toBe(200);
    expect(proxy.seen.map(({ commands }) => commands.map(([name]) => name))).toEqual([["evalsha", "get"]]);
  });

  test("refused: nothing of the handler's answer shows, and all that stood before it does", async () => {
    const limit = limitOf();
    const { app, ran } = createApp([limit]);
    await app.request("/");
    const answer = await app.request("/");
    expect(ran).toEqual(["GET", "GET"]);
    expect(answer.status).toBe(429);
    expect(Object.fromEntries(answer.headers)).toEqual({
      "cache-control": "no-store",
      "content-type": "application/problem+json",
      "ratelimit-policy": `"${limit.policy.name}";q=1;w=60`,
      ratelimit: `"${limit.policy.name}";r=0;t=60`,
      "retry-after": "60",
      "x-error": "none",
      "x-request-id": "r1",
    });
    expect(await answer.json()).toEqual({
      type: "https://iana.org/assignments/http-problem-types#quota-exceeded",
      title: "Request cannot be satisfied as assigned quota has been exceeded",
      status: 429,
      "violated-policies": [limit.policy.name],
    });
  });

  test("refused: the handler's fault does not show either", async () => {
    const { app } = createApp([limitOf()]);
    const first = await app.request("/fault");
    expect([first.status, first.headers.get("RateLimit")]).toEqual([500, expect.stringContaining("r=0")]);
    const second = await app.request("/fault");
    expect([second.status, second.headers.get("X-Error")]).toEqual([429, "none"]);
  });

  test("a HEAD is one", async () => {
    await warm();
    const answer = await createApp([limitOf()]).app.request("/", { method: "HEAD" });
    expect([answer.status, proxy.requests]).toEqual([200, 1]);
  });
});

describe("an unsafe method", () => {
  test("does nothing before the limit has said yes", async () => {
    await warm();
    const { app, ran } = createApp([limitOf()]);
    const answered = createGate();
    proxy.mode = { delayMs: 20 };
    const answer = Promise.resolve(app.request("/", { method: "POST" })).finally(answered.open);
    while (proxy.requests === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(ran).toEqual([]);
    expect((await answer).status).toBe(200);
    expect(ran).toEqual(["POST"]);
    expect(proxy.requests).toBe(2);
  });

  test("refused: the handler never runs", async () => {
    const { app, ran } = createApp([limitOf()]);
    await app.request("/", { method: "POST" });
    const refused = await app.request("/", { method: "POST" });
    expect([refused.status, refused.headers.get("Retry-After")]).toEqual([429, "60"]);
    expect(refused.headers.get("X-Request-Id")).toBe("r1");
    expect(ran).toEqual(["POST"]);
  });

  test("a method nobody has heard of is one", async () => {
    const { app, ran } = createApp([limitOf({ limit: 1 })]);
    await app.request("/", { method: "POST" });
    expect((await app.request("/", { method: "PURGE" })).status).toBe(429);
    expect(ran).toEqual(["POST"]);
  });
});

test("several limits are one check, and stand beside each other in the headers", async () => {
  const limits = [limitOf({ limit: 9 }), limitOf({ limit: 5 })];
  const answer = await createApp(limits).app.request("/");
  const [a, b] = limits.map(({ policy }) => policy.name);
  expect(answer.headers.get("RateLimit-Policy")).toBe(`"${a}";q=9;w=60, "${b}";q=5;w=60`);
  expect(answer.headers.get("RateLimit")).toBe(`"${a}";r=8;t=60, "${b}";r=4;t=60`);
});

test("limits of several places add up in the headers", async () => {
  const [outer, inner] = [limitOf(), limitOf()];
  const app = new Hono();
  app.route(
    "/",
    new Hono()
      .use(middlewareFor(outer))
      .use(middlewareFor(inner))
      .get("/", (c) => c.text("ok")),
  );
  const answer = await app.request("/");
  expect(answer.headers.get("RateLimit")).toBe(
    `"${inner.policy.name}";r=0;t=60, "${outer.policy.name}";r=0;t=60`,
  );
});

function middlewareFor(limit: Limit) {
  return rateLimit({
    limiter: () =>
      createRateLimiter({
        redis: createConnection({ url: target.url, token: target.token, timeoutMs: 5_000 }).open(),
        prefix: target.prefix.slice(0, -1),
        timeoutMs: 5_000,
        redisNow: clock.now,
        now: clock.now,
      }),
    limits: () => [limit],
  });
}

test("with no limits the call passes, and asks nothing", async () => {
  await warm();
  const answer = await createApp([]).app.request("/");
  expect([answer.status, answer.headers.has("RateLimit")]).toEqual([200, false]);
  expect(proxy.seen.map(({ commands }) => commands.map(([name]) => name))).toEqual([["get"]]);
});

describe("Redis away", () => {
  test.each(["GET", "POST"])("a closed policy: %s is 503, and not 429", async (method) => {
    proxy.mode = "status500";
    const { app } = createApp([limitOf({ failure: "closed" })]);
    const answer = await app.request("/", { method });
    expect(answer.status).toBe(503);
    expect(answer.headers.get("Retry-After")).toBe("1");
    expect(await answer.json()).toEqual({ type: "about:blank", title: "Service Unavailable", status: 503 });
  });

  test("an open policy: the handler answers", async () => {
    proxy.mode = "status500";
    const { app, ran } = createApp([limitOf({ failure: "open" })]);
    await app.request("/", { method: "POST" });
    expect(ran).toEqual(["POST"]);
  });
});

test.each(["GET", "POST"])("an app may answer a refused %s in its own words", async (method) => {
  const { app } = createApp([limitOf()], {
    refuse: (refusal, { problem, headers }) =>
      problemResponse({ ...problem, detail: refusal, instance: "r1" }, { ...headers, "X-Own": "yes" }),
  });
  await app.request("/", { method });
  const answer = await app.request("/", { method });
  expect([answer.status, answer.headers.get("X-Own")]).toEqual([429, "yes"]);
  expect(await answer.json()).toMatchObject({ detail: "quota-exceeded", instance: "r1" });
});

test.each(["GET", "POST"])("an app may throw for a refused %s", async (method) => {
  const { app } = createApp([limitOf()], {
    refuse: (refusal) => {
      throw new Error(refusal);
    },
  });
  await app.request("/", { method });
  const answer = await app.request("/", { method });
  expect([answer.status, await answer.text()]).toEqual([500, "quota-exceeded"]);
  expect(answer.headers.has("ETag")).toBe(false);
});
