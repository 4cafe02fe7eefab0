import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { QUEUE_SCRIPTS, type Queues } from "../../../../lib/lists/index.ts";
import { createClock } from "../../../support/clock.ts";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../../../support/redis.ts";
import { openQueues } from "./open.ts";

let target: TestRedis;
let proxy: FaultProxy;
beforeAll(async () => {
  target = await startRedis();
  proxy = await startFaultProxy(target.url);
});
afterAll(async () => {
  await proxy.close();
  await target.close();
});

/** The ids of what is sent. */
async function ids(...args: Parameters<Queues["send"]>): Promise<readonly string[]> {
  const sent = await openQueues(target).send(...args);
  return sent.kind === "sent" ? sent.ids : [];
}
const bodies = async (queues: Queues, queue: string) =>
  (await queues.receive(queue, { max: 100 })).map(({ body }) => body);
const numbers = (n: number) => Array.from({ length: n }, (_, i) => i);

test.each(QUEUE_SCRIPTS)("the SHA written beside $name is that of its text", ({ lua, sha1 }) => {
  expect(sha1).toBe(createHash("sha1").update(lua).digest("hex"));
});

describe("messages", () => {
  test("come in the order sent, in batches and one by one, with what was in them", async () => {
    const queues = openQueues(target);
    const values = [null, 0, -1.5, "", "é 🪴 \u0000", [], {}, { a: [{ b: null }] }, true, '{"a":1}', "OK"];
    for (const body of values) await queues.send("order", [{ body }]);
    await queues.send(
      "order",
      values.map((body) => ({ body })),
    );
    expect(await bodies(queues, "order")).toEqual([...values, ...values]);
  });

  test("have ids of their own that sort as they were sent, also where the clock goes back", async () => {
    const clock = createClock();
    const queues = openQueues(target, { redisNow: clock.now });
    const all: string[] = [];
    for (const seconds of [0, 0, 1, -60, 0, 59, 3_600]) {
      clock.advance(seconds);
      const sent = await queues.send("back", [{ body: 1 }, { body: 2 }]);
      if (sent.kind === "sent") all.push(...sent.ids);
    }
    expect(new Set(all).size).toBe(14);
    expect(all).toEqual(all.toSorted());
    const received = await queues.receive("back", { max: 100 });
    expect(received.map(({ id }) => id)).toEqual(all);
  });

  test("500 sent at once by 10 isolates are all there, each batch in its order", async () => {
    await Promise.all(
      numbers(10).map(async (isolate) => {
        for (let i = 0; i < 5; i += 1) {
          await openQueues(target).send(
            "crowd",
            numbers(10).map((n) => ({ body: `${isolate}:${10 * i + n}` })),
          );
        }
      }),
    );
    const queues = openQueues(target);
    const all: string[] = [];
    for (let i = 0; i < 5; i += 1) all.push(...((await bodies(queues, "crowd")) as string[]));
    expect(all).toHaveLength(500);
    for (const isolate of numbers(10)) {
      const own = all.filter((body) => body.startsWith(`${isolate}:`));
      expect(own).toEqual(numbers(50).map((n) => `${isolate}:${n}`));
    }
  });

  test("are of their queue, whatever its name looks like", async () => {
    const queues = openQueues(target);
    await queues.send("mails", [{ body: "a" }]);
    await queues.send("mails:dead", [{ body: "b" }]);
    expect(await bodies(queues, "mails:dead")).toEqual(["b"]);
    expect(await bodies(queues, "mails")).toEqual(["a"]);
  });

  test("have 256 KiB at most as JSON, all of one call 1 MiB; else nothing is sent", async () => {
    const queues = openQueues({ ...target, url: proxy.url });
    const tooLarge = { name: "MessageTooLargeError" };
    proxy.reset();
    await expect(queues.send("large", [{ body: 1 }, { body: "x".repeat(262_143) }])).rejects.toMatchObject(
      tooLarge,
    );
    await expect(queues.send("large", [{ body: "é".repeat(131_072) }])).rejects.toMatchObject(tooLarge);
    const quarter = { body: "x".repeat(262_142) };
    await expect(queues.send("large", [...numbers(4).map(() => quarter), { body: 1 }])).rejects.toMatchObject(
      tooLarge,
    );
    await expect(queues.send("large", [{ body: undefined }])).rejects.toThrow(TypeError);
    expect(proxy.requests).toBe(0);
    await queues.send("large", [quarter, quarter, quarter, quarter]);
    expect(await bodies(queues, "large")).toEqual(numbers(4).map(() => quarter.body));
  });

  test.each([
    ["no message", []],
    ["101 messages", numbers(101).map((body) => ({ body }))],
    ["a delay before now", [{ body: 1, delaySeconds: -1 }]],
    ["a delay of more than 7 days", [{ body: 1, delaySeconds: 604_801 }]],
    ["a delay that is no number", [{ body: 1, delaySeconds: Number.NaN }]],
    ["an empty dedupId", [{ body: 1, dedupId: "" }]],
    ["a dedupId of 129 characters", [{ body: 1, dedupId: "x".repeat(129) }]],
    ["a dedupId of half a character", [{ body: 1, dedupId: "\ud800" }]],
  ])("%s is refused before Redis is asked", async (_, messages) => {
    proxy.reset();
    await expect(openQueues({ ...target, url: proxy.url }).send("bad", messages)).rejects.toThrow(RangeError);
    expect(proxy.requests).toBe(0);
  });
});

describe("a delayed message", () => {
  test("is seen at its time and not before, then in its place among those that were sent", async () => {
    const clock = createClock();
    const queues = openQueues(target, { redisNow: clock.now });
    await queues.send("delay", [
      { body: "first", delaySeconds: 5 },
      { body: "second" },
      { body: "third", delaySeconds: 1 },
    ]);
    clock.advance(4.999);
    expect(await bodies(queues, "delay")).toEqual(["second", "third"]);
    clock.advance(0.001);
    expect(await bodies(queues, "delay")).toEqual(["first"]);
    await queues.send("delay", [{ body: "a", delaySeconds: 9 }, { body: "b" }]);
    clock.advance(9);
    expect(await bodies(queues, "delay")).toEqual(["a", "b"]);
  });

  test("2,000 of them that come due at once come in the order sent", async () => {
    const clock = createClock();
    const queues = openQueues(target, { redisNow: clock.now });
    for (let i = 0; i < 20; i += 1) {
      await queues.send(
        "due",
        numbers(100).map((n) => ({ body: 100 * i + n, delaySeconds: 60 })),
      );
    }
    clock.advance(60);
    const all: unknown[] = [];
    for (let i = 0; i < 20; i += 1) all.push(...(await bodies(queues, "due")));
    expect(all).toEqual(numbers(2_000));
  }, 20_000);
});

describe("a dedupId", () => {
  test("that was sent within 300 s sends nothing and answers the first id, also in one batch, also once it is acked", async () => {
    const clock = createClock();
    const queues = openQueues(target, { redisNow: clock.now });
    const send = async (...dedupIds: (string | undefined)[]) => {
      const sent = await queues.send(
        "dedup",
        dedupIds.map((dedupId) => ({ body: dedupId ?? "none", dedupId })),
      );
      return sent.kind === "sent" ? sent.ids : [];
    };
    const [a, none, again, b] = await send("a", undefined, "a", "b 🪴");
    expect(again).toBe(a);
    expect(new Set([a, none, b]).size).toBe(3);
    for (const { receipt } of await queues.receive("dedup", { max: 10 })) await queues.ack("dedup", receipt);
    clock.advance(299.999);
    expect(await send("b 🪴", "c", "a")).toEqual([b, expect.not.stringMatching(b ?? ""), a]);
    expect(await bodies(queues, "dedup")).toEqual(["c"]);
    clock.advance(0.001);
    const [later] = await send("a");
    expect(later).not.toBe(a);
    expect(await bodies(queues, "dedup")).toEqual(["a"]);
  });

  test("is forgotten 300 s after the first, from any moment on, however often it is repeated", async () => {
    for (const offset of [0, 1, 150, 299.999]) {
      const clock = createClock(300_000 * 6_000_000 + 1_000 * offset);
      const queues = openQueues(target, { redisNow: clock.now });
      const queue = `window:${offset}`;
      const send = async () => {
        const sent = await queues.send(queue, [{ body: 1, dedupId: "x" }]);
        return sent.kind === "sent" ? sent.ids[0] : "";
      };
      const first = await send();
      for (const seconds of [100, 100, 99.999]) {
        clock.advance(seconds);
        expect(await send(), `${offset}`).toBe(first);
      }
      clock.advance(0.001);
      const second = await send();
      expect(second, `${offset}`).not.toBe(first);
      clock.advance(299.999);
      expect(await send(), `${offset}`).toBe(second);
    }
  });

  test("is another's in another queue, and 50 at once from 50 isolates are one message", async () => {
    const same = { body: 1, dedupId: "same" };
    const [one] = await ids("dedup:one", [same]);
    const [two] = await ids("dedup:two", [same]);
    expect(one).toBeDefined();
    expect(two).toBeDefined();
    const sent = await Promise.all(numbers(50).map(() => ids("rush", [same])));
    expect(new Set(sent.flat()).size).toBe(1);
    expect((await openQueues(target).metrics("rush")).ready).toBe(1);
  });
});

describe("an idempotency key", () => {
  const once = { idempotencyKey: "order 7 ⟲", request: "r1" };

  test("sends once, and its repeats get the first ids; with another request it is refused", async () => {
    const queues = openQueues(target);
    const first = await queues.send("once", [{ body: 1 }, { body: 2 }], once);
    expect(first).toMatchObject({ kind: "sent", repeated: false });
    expect(await queues.send("once", [{ body: 1 }, { body: 2 }], once)).toEqual({ ...first, repeated: true });
    expect(await queues.send("once", [{ body: 3 }], { ...once, request: "r2" })).toEqual({
      kind: "other-request",
    });
    expect(await bodies(queues, "once")).toEqual([1, 2]);
    expect(await ids("twice", [{ body: 1 }], once)).toHaveLength(1);
  });

  test("20 at once from 20 isolates send once", async () => {
    const sent = await Promise.all(numbers(20).map(() => ids("flock", [{ body: 1 }], once)));
    expect(new Set(sent.flat()).size).toBe(1);
    expect((await openQueues(target).metrics("flock")).ready).toBe(1);
  });

  test("whose answer was lost: the repeat answers what was lost, and sends nothing", async () => {
    const queues = openQueues({ ...target, url: proxy.url });
    await queues.send("lost", [{ body: "warm" }]);
    proxy.mode = "dropResponse";
    const lost = queues.send("lost", [{ body: 1 }], once);
    await expect(lost).rejects.toMatchObject({ name: "RedisUnavailableError" });
    proxy.mode = "pass";
    expect(await queues.send("lost", [{ body: 1 }], once)).toMatchObject({ kind: "sent", repeated: true });
    expect(await bodies(queues, "lost")).toEqual(["warm", 1]);
  });

  test("is kept for 24 hours, and hashed", async () => {
    proxy.reset();
    await openQueues({ ...target, url: proxy.url }).send("kept", [{ body: 1 }], once);
    expect(JSON.stringify(proxy.seen)).not.toContain("order 7");
    const key = `${target.prefix}:queue:{kept}:sent:${createHash("sha256").update(once.idempotencyKey).digest("hex")}`;
    const [ttl] = await target.engine.pipeline([[Buffer.from("TTL"), Buffer.from(key)]]);
    expect(Number(ttl)).toBeGreaterThan(86_000);
    expect(Number(ttl)).toBeLessThanOrEqual(86_400);
  });
});
