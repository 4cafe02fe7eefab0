import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startRedis, type TestRedis } from "../../../support/redis.ts";
import type { Redis } from "../../../../lib/redis/index.ts";
import { openRedis } from "../open.ts";
import { checkDeliveries } from "./check.ts";
import { createRig, FAILED, OK, upTo, type Rig } from "./rig.ts";

let target: TestRedis;
beforeAll(async () => {
  target = await startRedis();
});
afterAll(() => target.close());

/** Answers for the receivers that wait until they are let go. */
function createGate() {
  const reached = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  return {
    /** Resolves when somebody has come to the gate. */
    reached: reached.promise,
    open: () => opened.resolve(),
    wait: async () => {
      reached.resolve();
      await opened.promise;
      return OK;
    },
  };
}

/** The only subscription. */
async function only(rig: Rig) {
  return (await rig.subscriptions.list()).items[0];
}

describe("several dispatchers at once", () => {
  test("deliver everything once, and every key in order", async () => {
    const rig = createRig(target);
    const names = ["a", "b", "c", "d"];
    for (const name of names) await rig.subscribe("*", { name });
    const ids: string[] = [];
    for (const i of upTo(20)) ids.push(await rig.publish("user:new", i, `k${i % 3}`));
    rig.answers(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return OK;
    });
    await Promise.all(upTo(5).map(() => rig.run()));
    await rig.drain();
    expect(checkDeliveries(rig.received, new Map(names.map((name) => [name, ids])))).toBe(0);
    for (const each of (await rig.subscriptions.list()).items) {
      expect(each).toMatchObject({ delivered: 20, lag: 0 });
    }
  });

  test("serve different subscriptions side by side", async () => {
    const rig = createRig(target);
    await rig.subscribe("slow:*", { name: "slow" });
    await rig.subscribe("fast:*", { name: "fast" });
    const gate = createGate();
    rig.answers(({ to }) => (to === "slow" ? gate.wait() : OK));
    await rig.publish("slow:x", 1);
    const first = rig.run();
    await gate.reached;
    await rig.publish("fast:x", 2);
    expect(await rig.run()).toMatchObject({ delivered: 1 });
    gate.open();
    expect(await first).toMatchObject({ delivered: 1, more: false });
  });
});

describe("an event that is published while its subscription is served", () => {
  test("is delivered by who serves it, though another has found it and could not", async () => {
    const rig = createRig(target);
    await rig.subscribe("*", { name: "it" });
    await rig.publish("x", 1);
    const gate = createGate();
    rig.answers(({ event }) => (event.data === 1 ? gate.wait() : OK));
    const first = rig.run();
    await gate.reached;
    await rig.publish("x", 2);
    expect(await rig.run()).toMatchObject({ delivered: 0, more: false });
    gate.open();
    expect(await first).toMatchObject({ delivered: 2, more: false });
    expect(rig.dataOf("it")).toEqual([1, 2]);
  });

  test("is left to the next run where who serves it may not go on", async () => {
    const rig = createRig(target);
    await rig.subscribe("*", { name: "it" });
    await rig.publish("x", 1);
    const gate = createGate();
    rig.answers(({ event }) => (event.data === 1 ? gate.wait() : OK));
    const first = rig.run({ subrequests: 9 });
    await gate.reached;
    await rig.publish("x", 2);
    await rig.run();
    gate.open();
    expect(await first).toMatchObject({ delivered: 1, more: true });
    expect(await rig.run()).toMatchObject({ delivered: 1, more: false });
  });

  test("is found although nothing else was to be done for its subscription", async () => {
    const rig = createRig(target);
    await rig.subscribe("x:other", { name: "it" });
    // Each publish comes as if between the survey and what follows it.
    for (const i of upTo(5)) {
      await rig.publish("x:other", i);
      const runs = [rig.run(), rig.publish("x:nobody", i), rig.run()];
      await Promise.all(runs);
    }
    await rig.drain();
    expect(rig.dataOf("it")).toEqual(upTo(5));
    expect(await only(rig)).toMatchObject({ lag: 0 });
  });
});

describe("a lease that ends in the middle", () => {
  test("goes to another dispatcher; the first can write nothing any more, and nothing is counted twice", async () => {
    const rig = createRig(target);
    const id = await rig.subscribe("*", { name: "it" });
    const ids = await rig.publishAll("x", upTo(3), "k");
    const gate = createGate();
    let first = true;
    rig.answers(() => {
      const isFirst = first;
      first = false;
      return isFirst ? gate.wait() : OK;
    });
    const slow = rig.run();
    await gate.reached;
    rig.clock.advance(31);
    expect(await rig.run()).toMatchObject({ delivered: 3 });
    gate.open();
    await slow;
    expect(checkDeliveries(rig.received, new Map([["it", ids]]))).toBe(1);
    expect(rig.notices).toEqual([{ type: "lease-lost", subscription: id }]);
    expect(await rig.subscriptions.get(id)).toMatchObject({ delivered: 3, lag: 0 });
    expect((await rig.subscriptions.deliveries(id))?.items).toHaveLength(3);
  });

  test("by the clock of another: what the first has written down until the other takes over does not come again", async () => {
    const rig = createRig(target);
    const id = await rig.subscribe("*", { name: "it" });
    await rig.publishAll("x", upTo(8), "k");
    const [first, last] = [createGate(), createGate()];
    const times = new Map<unknown, number>();
    rig.answers(({ event }) => {
      times.set(event.data, (times.get(event.data) ?? 0) + 1);
      if (times.get(event.data) !== 1) return OK;
      if (event.data === 1) return first.wait();
      return event.data === 6 ? last.wait() : OK;
    });
    const slow = rig.run();
    await first.reached;
    const isolate = openRedis(target);
    const meanwhile: Redis = {
      ...isolate,
      run: async <T>(...[script, keys, args]: Parameters<Redis["run"]>) => {
        const reply = await isolate.run<T>(script, keys, args);
        if (script.name === "dispatch-survey") {
          first.open();
          await last.reached;
          while ((await rig.subscriptions.get(id))?.delivered !== 5);
        }
        return reply;
      },
    };
    const ahead = { now: () => rig.clock.now() + 31_000, untilMs: rig.clock.now() + 60_000 };
    await rig.run(ahead, meanwhile);
    last.open();
    await slow;
    const got = rig.dataOf("it");
    expect(got.filter((data) => Number(data) <= 5)).toEqual(upTo(5));
    expect(new Set(got)).toEqual(new Set(upTo(8)));
    expect(await rig.subscriptions.get(id)).toMatchObject({ delivered: 8, lag: 0 });
  });

  test("begins no delivery that could outlast it", async () => {
    const rig = createRig(target);
    await rig.subscribe("*", { name: "it" });
    await rig.publishAll("x", upTo(10), "k");
    rig.answers(() => {
      rig.clock.advance(6);
      return OK;
    });
    // Taken for 30 s, and 10 s for each: four may begin, at 0, 6, 12 and 18 s. Then it is taken anew.
    const before = rig.clock.now();
    await rig.run({ untilMs: before + 1_000_000, subrequests: 12 });
    expect(rig.received.length).toBeLessThanOrEqual(4);
    expect(await rig.run({ untilMs: before + 1_000_000 })).toMatchObject({ more: false });
    expect(rig.dataOf("it")).toEqual(upTo(10));
  });
});

/** 20 events for one subscription, which is changed while the first of them is delivered. */
async function during(change: (rig: Rig, id: string) => Promise<unknown>): Promise<{ rig: Rig; id: string }> {
  const rig = createRig(target);
  const id = await rig.subscribe("*", { name: "it" });
  await rig.publishAll("x", upTo(20));
  let reached = 0;
  rig.answers(async () => {
    reached += 1;
    if (reached === 1) await change(rig, id);
    return OK;
  });
  await rig.drain();
  return { rig, id };
}

describe("while a delivery is under way", () => {
  test("a subscription that is deleted gets a few that had begun, and leaves nothing behind", async () => {
    const { rig, id } = await during((it, which) => it.subscriptions.remove(which));
    expect(rig.received.length).toBeLessThanOrEqual(10);
    expect(await rig.subscriptions.get(id)).toBeNull();
    expect(await rig.subscriptions.list()).toEqual({ items: [], next: null });
    const left = await target.engine.pipeline([
      ["KEYS", `${rig.prefix}*}:sub*`].map((word) => Buffer.from(word)),
    ]);
    expect(left).toEqual([[]]);
  });

  test("one that is paused stops, and goes on where it was when it is resumed", async () => {
    const { rig, id } = await during((it, which) => it.subscriptions.update(which, { status: "paused" }));
    const before = rig.received.length;
    expect(before).toBeLessThanOrEqual(10);
    await rig.publish("x", 21);
    rig.clock.advance(3_600);
    await rig.drain();
    expect(rig.received).toHaveLength(before);
    expect((await rig.subscriptions.get(id))?.lag).toBe(21 - before);
    await rig.subscriptions.update(id, { status: "active" });
    await rig.drain();
    expect(rig.dataOf("it")).toEqual(upTo(21));
  });

  test("one that is paused and resumed goes on", async () => {
    const { rig } = await during(async (it, which) => {
      await it.subscriptions.update(which, { status: "paused" });
      await it.subscriptions.update(which, { status: "active" });
    });
    expect(rig.dataOf("it")).toEqual(upTo(20));
  });

  test("another URL and another secret are used from the next commit on", async () => {
    const { rig } = await during((it, which) =>
      it.subscriptions.update(which, { url: "https://receiver.example/moved", secret: "new" }),
    );
    expect([...rig.dataOf("it"), ...rig.dataOf("moved")]).toEqual(upTo(20));
    expect(rig.dataOf("it").length).toBeLessThanOrEqual(10);
    expect(rig.received.at(-1)?.secrets).toEqual(["new", "secret of it"]);
  });

  test("a 410 of the URL before does not disable it", async () => {
    const rig = createRig(target);
    const id = await rig.subscribe("*", { name: "it" });
    await rig.publish("x", 1);
    rig.answers(async ({ to }) => {
      if (to === "moved") return OK;
      await rig.subscriptions.update(id, { url: "https://receiver.example/moved" });
      return { kind: "gone", status: 410 };
    });
    await rig.drain();
    rig.clock.advance(2);
    await rig.drain();
    expect(rig.dataOf("moved")).toEqual([1]);
    expect(await rig.subscriptions.get(id)).toMatchObject({ status: "active" });
  });

  test("dead letters that are replayed are not overlooked", async () => {
    const rig = createRig(target);
    const id = await rig.subscribe("*", { name: "it" });
    rig.answers(() => FAILED);
    await rig.publish("x", "dead");
    for (const seconds of [0, 2, 10, 60, 600, 3_600, 21_600, 86_400]) {
      rig.clock.advance(seconds);
      await rig.drain();
    }
    let replayed = 0;
    rig.answers(async ({ event }) => {
      if (event.data === "next") replayed += (await rig.subscriptions.replay(id)) ?? 0;
      return OK;
    });
    await rig.publish("x", "next");
    await rig.run();
    await rig.drain();
    expect(replayed).toBe(1);
    expect(rig.dataOf("it").slice(-2)).toEqual(["next", "dead"]);
  });
});

describe("a clock that jumps", () => {
  test.each([-86_400, -3_600, -20, 20, 3_600, 86_400])(
    "by %s s, while a dispatcher that was killed holds the lease: it ends, at the latest in its time",
    async (seconds) => {
      const rig = createRig(target);
      const id = await rig.subscribe("*", { name: "it" });
      await rig.publish("x", 1);
      rig.answers(() => new Promise(() => undefined));
      void rig.run({ deliveryTimeoutMs: 29_000 });
      while (rig.received.length === 0) await new Promise((resolve) => setImmediate(resolve));
      rig.answers(() => OK);
      rig.clock.advance(seconds);
      await rig.publish("x", 2);
      await rig.drain();
      rig.clock.advance(31);
      await rig.publish("x", 3);
      await rig.drain();
      expect(new Set(rig.dataOf("it"))).toEqual(new Set([1, 2, 3]));
      expect(await rig.subscriptions.get(id)).toMatchObject({ delivered: 3, lag: 0 });
    },
  );
});

test("what was trimmed before its subscription got to it is counted, told and noted; the rest is delivered", async () => {
  const rig = createRig(target, { maxEvents: 100 });
  const id = await rig.subscribe("x:*", { name: "it" });
  await rig.publishAll("x:a", upTo(3));
  await rig.drain();
  await Promise.all(upTo(256).map((i) => rig.publish("x:a", `later ${i}`)));
  expect(await rig.run({ subrequests: 10_000 })).toMatchObject({ delivered: 103, missed: 153, more: false });
  expect(rig.notices).toEqual([{ type: "missed", subscription: id, family: "x", events: 153 }]);
  expect(await rig.subscriptions.get(id)).toMatchObject({ missed: 153, delivered: 106, lag: 0 });
});
