import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Queues, ReceivedMessage, ReceiveOptions } from "../../../../lib/lists/index.ts";
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

const open = () => {
  const clock = createClock();
  return { clock, queues: openQueues(target, { redisNow: clock.now }) };
};
/** The one message there is. */
async function one(queues: Queues, queue: string, options: ReceiveOptions = {}): Promise<ReceivedMessage> {
  const [message, ...others] = await queues.receive(queue, { max: 10, ...options });
  if (message === undefined || others.length > 0) throw new Error(`${others.length} others`);
  return message;
}
const left = async (queues: Queues, queue: string) => {
  const { ready, inFlight, delayed, dead } = await queues.metrics(queue);
  return { ready, inFlight, delayed, dead };
};
const NONE = { ready: 0, inFlight: 0, delayed: 0, dead: 0 };
const stale = { kind: "stale" };
const unknown = { kind: "unknown" };
const acked = { kind: "acked" };

describe("a message that is received", () => {
  test("is nobody else's until its visibility ends, then anybody's, with one attempt more and another receipt", async () => {
    const { clock, queues } = open();
    await queues.send("hidden", [{ body: "job" }]);
    const sentAt = new Date(clock.now());
    const first = await one(queues, "hidden", { visibilitySeconds: 60 });
    expect(first).toMatchObject({ body: "job", attempts: 1, enqueuedAt: sentAt });
    clock.advance(59.999);
    expect(await queues.receive("hidden")).toEqual([]);
    clock.advance(0.001);
    const second = await one(queues, "hidden");
    expect(second).toMatchObject({ id: first.id, body: "job", attempts: 2, enqueuedAt: sentAt });
    expect(second.receipt).not.toBe(first.receipt);
    clock.advance(29.999);
    expect(await queues.receive("hidden")).toEqual([]);
  });

  test("and acked is gone for good; a second ack finds nothing", async () => {
    const { clock, queues } = open();
    await queues.send("done", [{ body: 1 }]);
    const { receipt } = await one(queues, "done");
    expect(await queues.ack("done", receipt)).toEqual(acked);
    expect(await queues.ack("done", receipt)).toEqual(unknown);
    expect(await queues.extend("done", receipt, 60)).toEqual(unknown);
    clock.advance(100_000);
    expect(await queues.receive("done")).toEqual([]);
    expect(await left(queues, "done")).toEqual(NONE);
  });

  test("again goes before what was sent after it", async () => {
    const { queues } = open();
    await queues.send("again", [{ body: 1 }, { body: 2 }, { body: 3 }]);
    const [first] = await queues.receive("again");
    await queues.extend("again", first?.receipt ?? "", 0);
    expect((await queues.receive("again", { max: 2 })).map(({ body }) => body)).toEqual([1, 2]);
  });
});

test("what has become ready beside a message that was received stays so, where the clock goes back", async () => {
  const { clock, queues } = open();
  await queues.send(
    "back",
    [1, 2, 3].map((body) => ({ body, delaySeconds: 60 })),
  );
  clock.advance(60);
  expect(await queues.receive("back")).toMatchObject([{ body: 1 }]);
  clock.advance(-10);
  expect((await queues.receive("back", { max: 10 })).map(({ body }) => body)).toEqual([2, 3]);
});

describe("a receipt", () => {
  test("of an earlier receive neither acks, extends nor gives back what another has by now", async () => {
    const { clock, queues } = open();
    await queues.send("fence", [{ body: 1 }]);
    const first = await one(queues, "fence");
    clock.advance(30);
    const second = await one(queues, "fence", { visibilitySeconds: 100 });
    expect(await queues.ack("fence", first.receipt)).toEqual(stale);
    expect(await queues.extend("fence", first.receipt, 1)).toEqual(stale);
    expect(await queues.extend("fence", first.receipt, 0)).toEqual(stale);
    clock.advance(99);
    expect(await queues.receive("fence")).toEqual([]);
    expect(await queues.ack("fence", second.receipt)).toEqual(acked);
    expect(await queues.ack("fence", first.receipt)).toEqual(unknown);
  });

  test("whose visibility has ended is good as long as nobody else received the message", async () => {
    const { clock, queues } = open();
    await queues.send("late", [{ body: 1 }, { body: 2 }, { body: 3 }]);
    const [a, b] = await queues.receive("late", { max: 2 });
    clock.advance(31);
    expect(await left(queues, "late")).toMatchObject({ ready: 3 });
    expect(await queues.ack("late", a?.receipt ?? "")).toEqual(acked);
    expect(await queues.extend("late", b?.receipt ?? "", 60)).toMatchObject({ kind: "extended" });
    expect(await left(queues, "late")).toEqual({ ...NONE, ready: 1, inFlight: 1 });
    expect(await one(queues, "late")).toMatchObject({ body: 3 });
  });

  test("is good too when a receive has made the message ready and taken another", async () => {
    const { clock, queues } = open();
    await queues.send("moved", [{ body: 1 }, { body: 2 }]);
    const [a, b] = await queues.receive("moved", { max: 2 });
    clock.advance(31);
    expect(await queues.receive("moved")).toMatchObject([{ body: 1 }]);
    expect(await queues.ack("moved", a?.receipt ?? "")).toEqual(stale);
    expect(await queues.ack("moved", b?.receipt ?? "")).toEqual(acked);
    expect(await left(queues, "moved")).toEqual({ ...NONE, inFlight: 1 });
  });

  test("that was never given is unknown, whatever it looks like", async () => {
    const { queues } = open();
    await queues.send("never", [{ body: 1 }]);
    const { id, receipt } = await one(queues, "never");
    const other = [
      `${id}.0`,
      `${id}.2`,
      `${id}.01`,
      `${id}.1.1`,
      `${id}.-1`,
      `${id}.1e0`,
      id,
      "",
      "x",
      "maxAttempts",
    ];
    for (const each of [...other, "1800000000000-000000.1", `${receipt} `, "last.1"]) {
      expect(await queues.ack("never", each), each).toEqual(unknown);
      expect(await queues.extend("never", each, 5), each).toEqual(unknown);
    }
    expect(await queues.ack("other-queue", receipt)).toEqual(unknown);
    // Of a message that nobody has received.
    const sent = await queues.send("never", [{ body: 2 }]);
    const unseen = sent.kind === "sent" ? sent.ids[0] : "";
    expect(await queues.ack("never", `${unseen}.1`)).toEqual(unknown);
    expect(await left(queues, "never")).toEqual({ ...NONE, ready: 1, inFlight: 1 });
  });
});

describe("an extension", () => {
  test("counts from now, makes it longer or shorter, and leaves the receipt as it is", async () => {
    const { clock, queues } = open();
    await queues.send("more", [{ body: 1 }]);
    const { receipt } = await one(queues, "more");
    clock.advance(29);
    const visibleAt = new Date(clock.now() + 40_000);
    expect(await queues.extend("more", receipt, 40)).toEqual({ kind: "extended", visibleAt });
    clock.advance(39.999);
    expect(await queues.receive("more")).toEqual([]);
    expect(await queues.extend("more", receipt, 1)).toMatchObject({ kind: "extended" });
    clock.advance(1);
    expect(await one(queues, "more")).toMatchObject({ attempts: 2 });
  });

  test("of 0 gives the message back at once, to anybody", async () => {
    const { queues } = open();
    await queues.send("given-back", [{ body: 1 }]);
    const { receipt } = await one(queues, "given-back");
    expect(await queues.extend("given-back", receipt, 0)).toMatchObject({ kind: "extended" });
    const again = await one(queues, "given-back");
    expect(again).toMatchObject({ attempts: 2 });
    expect(await queues.ack("given-back", receipt)).toEqual(stale);
    expect(await queues.ack("given-back", again.receipt)).toEqual(acked);
  });
});

describe("an answer", () => {
  test("has at most `max` messages, and bodies of 1 MiB together, but always one", async () => {
    const { queues } = open();
    const body = "x".repeat(200_000);
    for (let i = 0; i < 8; i += 1) await queues.send("full", [{ body: `${i}${body}` }]);
    await queues.send("full", [{ body: "8" }]);
    const starts = async (max: number) =>
      (await queues.receive("full", { max })).map((message) => String(message.body).slice(0, 1));
    expect(await starts(1)).toEqual(["0"]);
    expect(await starts(100)).toEqual(["1", "2", "3", "4", "5"]);
    expect(await starts(100)).toEqual(["6", "7", "8"]);
    expect(await starts(100)).toEqual([]);
  });

  test.each([
    { max: 0 },
    { max: 101 },
    { max: 1.5 },
    { visibilitySeconds: 0 },
    { visibilitySeconds: 43_201 },
    { visibilitySeconds: Number.NaN },
    { waitSeconds: -1 },
    { waitSeconds: 21 },
  ])("to %j is refused before Redis is asked", async (options) => {
    const queues = openQueues({ ...target, url: proxy.url });
    proxy.reset();
    await expect(queues.receive("bad", options)).rejects.toThrow(RangeError);
    await expect(queues.extend("bad", "x.1", -1)).rejects.toThrow(RangeError);
    await expect(queues.extend("bad", "x.1", 43_201)).rejects.toThrow(RangeError);
    expect(proxy.requests).toBe(0);
  });
});

test("Redis's own clock decides, not the isolate's", async () => {
  const queues = openQueues(target, { now: () => 0 });
  await queues.send("clock", [{ body: 1 }, { body: 2, delaySeconds: 3_600 }]);
  const message = await one(queues, "clock");
  expect(Math.abs(message.enqueuedAt.getTime() - Date.now())).toBeLessThan(60_000);
  expect(await left(queues, "clock")).toEqual({ ...NONE, inFlight: 1, delayed: 1 });
});

test.each(["", "a b", "{a}", "x".repeat(129)])("%j is no queue: refused by every call", async (name) => {
  const { queues } = open();
  const bad = { name: "InvalidNameError", field: "queue" };
  await expect(queues.send(name, [{ body: 1 }])).rejects.toMatchObject(bad);
  await expect(queues.receive(name)).rejects.toMatchObject(bad);
  await expect(queues.ack(name, "x")).rejects.toMatchObject(bad);
  await expect(queues.extend(name, "x", 1)).rejects.toMatchObject(bad);
  await expect(queues.metrics(name)).rejects.toMatchObject(bad);
  await expect(queues.configure(name, { maxAttempts: 1 })).rejects.toMatchObject(bad);
  await expect(queues.dead(name)).rejects.toMatchObject(bad);
  await expect(queues.redrive(name)).rejects.toMatchObject(bad);
  await expect(queues.purge(name)).rejects.toMatchObject(bad);
});
