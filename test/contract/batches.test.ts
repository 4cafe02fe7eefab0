import { expect, test } from "vitest";
import { startFaultProxy } from "../support/redis.ts";
import { createClient, key, post, redis, run } from "./support.ts";

test("a pipeline answers in order, an error in its place", async () => {
  const k = key("p");
  expect(
    await post("/pipeline", [
      ["SET", k, "x"],
      ["INCR", k],
      ["GET", k],
      ["NOSUCH", k],
      ["DEL", k],
    ]),
  ).toEqual([
    { result: "OK" },
    { error: "ERR value is not an integer or out of range" },
    { result: "x" },
    { error: expect.stringMatching(/^ERR unknown command/) },
    { result: 1 },
  ]);
});

test("a transaction answers in order, a run-time error in its place, and the rest is done", async () => {
  const k = key("t");
  expect(
    await post("/multi-exec", [
      ["SET", k, "x"],
      ["INCR", k],
      ["APPEND", k, "y"],
    ]),
  ).toEqual([{ result: "OK" }, { error: "ERR value is not an integer or out of range" }, { result: 2 }]);
  expect(await run("GET @t")).toBe("xy");
});

test.each([
  ["an unknown command", ["NOSUCH", "x"]],
  ["too few arguments", ["GET"]],
  ["a refused command", ["WATCH", "x"]],
])("%s discards a transaction, and nothing of it is done", async (_, bad) => {
  const k = key("discarded");
  const answer = await post("/multi-exec", [["SET", k, "x"], bad]);
  expect(answer).toEqual({ error: expect.stringMatching(/^EXECABORT /) });
  expect(await run("GET @discarded")).toBeNull();
  // The next one is not in the shadow of this one.
  expect(await post("/multi-exec", [["PING"]])).toEqual([{ result: "PONG" }]);
});

test("transactions do not mix: what one reads, it wrote", async () => {
  const rounds = Array.from({ length: 40 }, async (_, index) => {
    const [, , got] = await redis
      .multi()
      .set(key("iso"), index)
      .incrby(key("iso2"), 1)
      .get<number>(key("iso"))
      .exec();
    return got === index;
  });
  expect((await Promise.all(rounds)).every(Boolean)).toBe(true);
  expect(await run("GET @iso2")).toBe("40");
});

test("a transaction beside scripts and pipelines keeps its place", async () => {
  const work = Array.from({ length: 30 }, (_, index) => [
    post("/multi-exec", [
      ["INCR", key("mix")],
      ["INCR", key("mix")],
    ]),
    post("/pipeline", [["INCR", key("other")], ["PING"]]),
    run(["EVAL", "return redis.call('INCR', KEYS[1])", 1, `@lua${index % 3}`]),
  ]).flat();
  await Promise.all(work);
  expect(await run("MGET @mix @other @lua0 @lua1 @lua2")).toEqual(["60", "30", "10", "10", "10"]);
});

test("pipeline and multi through the client", async () => {
  const pipeline = redis.pipeline();
  pipeline.set(key("c"), { a: 1 });
  pipeline.get(key("c"));
  pipeline.hset(key("ch"), { f: "v" });
  pipeline.hgetall(key("ch"));
  expect(await pipeline.exec()).toEqual(["OK", { a: 1 }, 1, { f: "v" }]);
  expect(await redis.multi().incr(key("cn")).incr(key("cn")).exec()).toEqual([1, 2]);
  await expect(redis.pipeline().set(key("c"), "x").incr(key("c")).exec()).rejects.toThrow(/not an integer/);
  expect(await redis.pipeline().incr(key("c")).ping().exec({ keepErrors: true })).toEqual([
    { result: undefined, error: expect.stringContaining("not an integer") },
    { result: "PONG", error: undefined },
  ]);
});

test("auto-pipelining sends the reads of one tick as one request, and its writes as another", async () => {
  const proxy = await startFaultProxy((await import("./support.ts")).url);
  const client = createClient({ url: proxy.url, enableAutoPipelining: true });
  await Promise.all([client.set(key("a1"), 1), client.set(key("a2"), 2)]);
  expect([proxy.requests, proxy.commands]).toEqual([1, 2]);
  proxy.reset();
  const [first, second] = await Promise.all([
    client.get(key("a1")),
    client.get(key("a2")),
    client.incr(key("a3")),
  ]);
  expect([first, second]).toEqual([1, 2]);
  expect([proxy.requests, proxy.commands]).toEqual([2, 3]);
  expect(proxy.seen.map(({ path }) => path)).toEqual(["/pipeline", "/pipeline"]);
  await proxy.close();
});

test("a pipeline of 1,000 commands is one request", async () => {
  const pipeline = redis.pipeline();
  for (let index = 0; index < 1000; index++) pipeline.incr(key("many"));
  const results = await pipeline.exec<number[]>();
  expect(results).toHaveLength(1000);
  expect(results.at(-1)).toBe(1000);
});
