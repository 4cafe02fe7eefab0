import { Redis } from "@upstash/redis";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { prefix, startFaultProxy, startRedis } from "./redis.ts";

const server = await startRedis();
const proxy = await startFaultProxy(server.url);
afterAll(async () => {
  await proxy.close();
  await server.close();
});
afterEach(() => {
  proxy.mode = "pass";
  proxy.reset();
});

const direct = new Redis({ url: server.url, token: server.token });
const redis = new Redis({ url: proxy.url, token: server.token, retry: { retries: 0 } });
const key = `${prefix}k`;

test("flush deletes this file's keys, and no others", async () => {
  const other = `other-${prefix}k`;
  await direct.mset({ [key]: 1, [other]: 1 });
  await server.flush();
  expect(await direct.mget(key, other)).toEqual([null, 1]);
  await direct.del(other);
});

describe("the proxy", () => {
  test("passes, and counts requests and commands by path and in bodies", async () => {
    await redis.set(key, "v");
    await redis.pipeline().get(key).exists(key).exec();
    await redis.multi().get(key).exec();
    await fetch(`${proxy.url}/get/${encodeURIComponent(key)}?_token=${server.token}`);
    expect(proxy.seen).toEqual([
      { path: "/pipeline", commands: [["set", key, "v"]] },
      {
        path: "/pipeline",
        commands: [
          ["get", key],
          ["exists", key],
        ],
      },
      { path: "/multi-exec", commands: [["get", key]] },
      { path: expect.stringContaining("/get/"), commands: [["get", key]] },
    ]);
    expect([proxy.requests, proxy.commands]).toEqual([4, 5]);
  });

  test("refuse cuts connections, and pass lets them through again", async () => {
    await redis.ping();
    proxy.mode = "refuse";
    await expect(redis.incr(key)).rejects.toThrow("fetch failed");
    proxy.mode = "pass";
    expect(await redis.ping()).toBe("PONG");
  });

  test("refuse cuts a request under way", async () => {
    proxy.mode = "hang";
    const under = redis.ping().catch((error: unknown) => String(error));
    await expect.poll(() => proxy.requests).toBe(1);
    proxy.mode = "refuse";
    expect(await under).toContain("fetch failed");
  });

  test("hang takes a request and never answers", async () => {
    proxy.mode = "hang";
    const impatient = new Redis({
      url: proxy.url,
      token: server.token,
      signal: () => AbortSignal.timeout(50),
    });
    await expect(impatient.incr(key)).rejects.toThrow(/timeout/i);
    expect(proxy.requests).toBe(1);
  });

  test("status500 and garbage answer without asking Redis", async () => {
    await direct.set(key, 1);
    proxy.mode = "status500";
    await expect(redis.incr(key)).rejects.toThrow("ERR injected fault");
    proxy.mode = "garbage";
    await expect(redis.incr(key)).rejects.toThrow("Unable to parse response body");
    expect(await direct.get(key)).toBe(1);
  });

  test("dropResponse runs the command and cuts the answer", async () => {
    await direct.set(key, 1);
    proxy.mode = "dropResponse";
    await expect(redis.incr(key)).rejects.toThrow("fetch failed");
    expect(await direct.get(key)).toBe(2);
  });

  test("a delay holds the answer back", async () => {
    proxy.mode = { delayMs: 80 };
    const began = performance.now();
    expect(await redis.ping()).toBe("PONG");
    expect(performance.now() - began).toBeGreaterThanOrEqual(79);
  });

  test("streams pass through", async () => {
    const response = await fetch(`${proxy.url}/subscribe/${encodeURIComponent(key)}?_token=${server.token}`);
    const reader = response.body?.getReader();
    const first = Buffer.from((await reader?.read())?.value ?? []).toString();
    expect(first).toBe(`data: subscribe,${key},1\n\n`);
    await reader?.cancel();
  });
});
