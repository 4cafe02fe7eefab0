import { Hono } from "hono";
import { expect, test } from "vitest";
import { serverTiming } from "../../../lib/hono/index.ts";

const meter = {
  trips: 1,
  requests: 1,
  commands: 4,
  durationMs: 12.34,
  serverTiming: () => 'redis;dur=12.3;desc="trips=1 commands=4"',
};

test("an answer tells what it cost in Redis, an error too, beside other timings", async () => {
  const app = new Hono();
  app.use(serverTiming(() => meter));
  app.get("/", (c) => c.text("hello", 200, { "Server-Timing": "render;dur=1" }));
  app.get("/broken", () => {
    throw new Error("broken");
  });
  app.onError((_, c) => c.text("sorry", 500));

  const answer = await app.request("/");
  expect(answer.headers.get("Server-Timing")).toBe('render;dur=1, redis;dur=12.3;desc="trips=1 commands=4"');
  const broken = await app.request("/broken");
  expect(broken.status).toBe(500);
  expect(broken.headers.get("Server-Timing")).toBe('redis;dur=12.3;desc="trips=1 commands=4"');
});

test("the middleware has a name, for traces", () => {
  expect(serverTiming(() => meter).name).toBe("serverTimingMiddleware");
});
