import { describe, expect, test } from "vitest";
import { createFakeEngine, createTestApp } from "./fake-engine.ts";

const flushAll = (headers: Record<string, string>, token = "local") =>
  createTestApp(
    createFakeEngine(() => 1),
    { token },
  ).call("/flushall", {
    headers: { authorization: `Bearer ${token}`, ...headers },
  });

describe("with the token that everyone knows", () => {
  test.each<[string, Record<string, string>]>([
    ["another site's page", { host: "127.0.0.1:8079", "sec-fetch-site": "cross-site" }],
    ["a page on another port", { host: "localhost:8079", "sec-fetch-site": "same-site" }],
    ["another origin", { host: "127.0.0.1:8079", origin: "https://example.com" }],
    ["a sandboxed page", { host: "127.0.0.1:8079", origin: "null" }],
    ["a name that was made to resolve to this machine", { host: "example.com:8079" }],
  ])("%s is 403", async (_, headers) => {
    const response = await flushAll(headers);
    expect(response.status).toBe(403);
    expect(await response.json()).toEqual({ error: expect.stringContaining("UPSTASH_REDIS_REST_TOKEN") });
  });

  test.each<[string, Record<string, string>]>([
    ["a program", { host: "127.0.0.1:8079" }],
    ["a program over IPv6", { host: "[::1]:8079" }],
    ["the address bar", { host: "localhost:8079", "sec-fetch-site": "none" }],
    ["fetch of Node", { host: "localhost:8079", "sec-fetch-mode": "cors" }],
    ["a page of this server", { host: "localhost:8079", origin: "http://localhost:8079" }],
  ])("%s passes", async (_, headers) => {
    expect((await flushAll(headers)).status).toBe(200);
  });
});

test("with a token of one's own every page that has it passes", async () => {
  const headers = {
    host: "redis.example.com",
    origin: "https://example.com",
    "sec-fetch-site": "cross-site",
  };
  expect((await flushAll(headers, "own")).status).toBe(200);
});
