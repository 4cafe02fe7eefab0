import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createConnection, type Subscribe, type Subscription } from "../../../lib/redis/index.ts";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../../support/redis.ts";

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

/** Over a connection that gives every other request up at once. */
const subscribe: Subscribe = (...args) =>
  createConnection({ url: proxy.url, token: target.token, timeoutMs: 1 }).subscribe(...args);
const key = (name: string) => `${target.prefix}{s}:${name}`;
const ask = async (...words: string[]) =>
  (await target.engine.pipeline([words.map((word) => Buffer.from(word))]))[0];
const publish = (channel: string, payload: string) => ask("PUBLISH", channel, payload);
const listeners = async (channel: string) => ((await ask("PUBSUB", "NUMSUB", channel)) as unknown[])[1];
const take = async (subscription: Subscription, count: number) => {
  const payloads: (string | undefined)[] = [];
  while (payloads.length < count) payloads.push(await subscription.next());
  return payloads;
};

describe("a subscription", () => {
  test("gets what is published on its channel from then on, in order, however long it takes", async () => {
    await publish(key("news"), "before");
    const subscription = await subscribe("subscribe", key("news"));
    await publish(key("other"), "elsewhere");
    for (const payload of ["1", '{"a":"b, c"}', "", "grün 🌿"]) await publish(key("news"), payload);
    expect(await take(subscription, 4)).toEqual(["1", '{"a":"b, c"}', "", "grün 🌿"]);
    subscription.close();
  });

  test("that stands is not ended by the time that making it may take", async () => {
    const subscription = await subscribe("subscribe", key("long"), { timeoutMs: 1_000 });
    const began = performance.now();
    await expect.poll(() => performance.now() - began, { timeout: 5_000 }).toBeGreaterThan(1_050);
    await publish(key("long"), "late");
    expect(await subscription.next()).toBe("late");
    subscription.close();
  });

  test("by pattern gets what is published on channels that match, also on new ones", async () => {
    const subscription = await subscribe("psubscribe", key("user*"));
    await publish(key("user"), "one");
    await publish(key("visitor"), "elsewhere");
    await publish(key("users"), "two, with a comma");
    expect(await take(subscription, 2)).toEqual(["one", "two, with a comma"]);
    subscription.close();
  });

  test("that is closed ends, and Redis knows nobody who listens any more", async () => {
    const subscription = await subscribe("subscribe", key("closed"));
    expect(await listeners(key("closed"))).toBe(1);
    const waiting = subscription.next();
    subscription.close();
    subscription.close();
    expect([await waiting, await subscription.next()]).toEqual([undefined, undefined]);
    await expect.poll(() => listeners(key("closed")), { timeout: 5_000 }).toBe(0);
  });

  test("ends with its signal", async () => {
    const leaving = new AbortController();
    const subscription = await subscribe("subscribe", key("left"), { signal: leaving.signal });
    leaving.abort();
    expect(await subscription.next()).toBeUndefined();
    await expect.poll(() => listeners(key("left")), { timeout: 5_000 }).toBe(0);
  });

  test("ends when its connection is cut", async () => {
    const subscription = await subscribe("subscribe", key("cut"));
    const waiting = subscription.next();
    proxy.mode = "refuse";
    expect(await waiting).toBeUndefined();
  });
});

describe("a Redis that does not subscribe", () => {
  test.for([
    ["refuse", "network", 5_000],
    ["status500", "http", 5_000],
    ["garbage", "protocol", 5_000],
    ["hang", "timeout", 50],
  ] as const)("that answers with %s is unavailable: %s", async ([mode, reason, timeoutMs]) => {
    proxy.mode = mode;
    await expect(subscribe("subscribe", key("away"), { timeoutMs })).rejects.toMatchObject({
      name: "RedisUnavailableError",
      reason,
    });
  });

  test("serves all else: the breaker hears nothing of it", async () => {
    const connection = createConnection({ url: proxy.url, token: target.token, timeoutMs: 5_000 });
    proxy.mode = "status500";
    for (let i = 0; i < 5; i += 1) {
      await expect(connection.subscribe("subscribe", key("away"))).rejects.toThrow("unavailable");
    }
    proxy.mode = "pass";
    expect(await connection.open().send((pipeline) => pipeline.ping())).toBe("PONG");
  });

  test("is not waited for by a caller who has left", async () => {
    proxy.mode = "hang";
    const signal = AbortSignal.abort();
    await expect(subscribe("subscribe", key("gone"), { signal })).rejects.toThrow("unavailable");
  });
});

describe("a stream", () => {
  let server: Server;
  let answer: (response: ServerResponse) => void;
  beforeAll(async () => {
    server = createServer((_, response) => answer(response.writeHead(200)));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });
  const open = (options?: Parameters<Subscribe>[2]) => {
    const { port } = server.address() as AddressInfo;
    return createConnection({ url: `http://127.0.0.1:${port}/`, token: "t" }).subscribe(
      "subscribe",
      "c",
      options,
    );
  };

  test("may be cut anywhere, and have comments and other lines", async () => {
    const bytes = Buffer.from(
      ": hello\r\ndata: subscribe,c,1\r\n\r\nevent: x\ndata: message,other,no\ndata: message,c,grün 🌿\r\n\n",
    );
    answer = (response) => {
      const write = (i: number): void => {
        if (i === bytes.length) response.end();
        else response.write(bytes.subarray(i, i + 1), () => write(i + 1));
      };
      write(0);
    };
    const subscription = await open();
    expect(await take(subscription, 2)).toEqual(["grün 🌿", undefined]);
  });

  test("that begins and says nothing is a time-out", async () => {
    answer = (response) => response.flushHeaders();
    await expect(open({ timeoutMs: 50 })).rejects.toMatchObject({ reason: "timeout" });
  });

  test("that ends before it has begun, or begins otherwise, is not the protocol", async () => {
    answer = (response) => response.end();
    await expect(open()).rejects.toMatchObject({ reason: "protocol" });
    answer = (response) => response.end("data: message,c,too early\n\n");
    await expect(open()).rejects.toMatchObject({ reason: "protocol" });
  });

  test("whose line has no end is over before it fills the memory", async () => {
    let left = false;
    answer = (response) => {
      response.on("close", () => (left = true));
      response.write("data: subscribe,c,1\n\ndata: message,c,");
      const more = (): void => void response.write("x".repeat(65_536), () => left || more());
      more();
    };
    const subscription = await open();
    expect(await subscription.next()).toBeUndefined();
    await expect.poll(() => left, { timeout: 5_000 }).toBe(true);
  });

  test("that nobody reads is not read: who sends is held up", async () => {
    const ALL = 64 * 1_048_576;
    let sent = 0;
    answer = (response) => {
      response.write("data: subscribe,c,1\n\n");
      const line = `data: message,c,${"x".repeat(65_536)}\n\n`;
      const more = (): void => {
        sent += line.length;
        if (sent < ALL && !response.write(line)) response.once("drain", more);
        else if (sent < ALL) setImmediate(more);
      };
      more();
    };
    const subscription = await open();
    // Sockets and streams on both sides hold some; what counts is that it comes to a stand.
    let before = -1;
    await expect
      .poll(
        () => {
          const stands = before === sent;
          before = sent;
          return stands;
        },
        { interval: 100, timeout: 5_000 },
      )
      .toBe(true);
    expect(sent).toBeLessThan(ALL);
    subscription.close();
  });
});
