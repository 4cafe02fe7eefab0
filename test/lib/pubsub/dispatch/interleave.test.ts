// What others do between two steps of a dispatcher.

import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Redis } from "../../../../lib/redis/index.ts";
import { startRedis, type TestRedis } from "../../../support/redis.ts";
import { openRedis } from "../open.ts";
import { createRig, FAILED, OK, upTo, type Rig } from "./rig.ts";

let target: TestRedis;
beforeAll(async () => {
  target = await startRedis();
});
afterAll(() => target.close());

type Step = "claim" | "load" | "commit" | "pass";

/** An isolate whose dispatcher finds that something else has happened just before one of its steps, the first time. */
function isolateWith(step: Step, happens: () => Promise<unknown>): Redis {
  const redis = openRedis(target);
  let hasHappened = false;

  async function happen(): Promise<void> {
    if (hasHappened) return;
    hasHappened = true;
    await happens();
  }

  return {
    ...redis,
    run: async <T>(...[script, keys, args]: Parameters<Redis["run"]>) => {
      if (script.name === `dispatch-${step}` && step !== "claim") await happen();
      const reply = await redis.run<T>(script, keys, args);
      // What goes out with the claim must go out with it here too.
      if (script.name === "dispatch-survey" && step === "claim") await happen();
      return reply;
    },
  };
}

const agendaOf = (rig: Rig) =>
  rig.redis.send<string[]>((pipeline) => pipeline.zrange(`${rig.prefix}:{pubsub}:agenda`, 0, -1));
const keysOf = async (rig: Rig, what: string): Promise<number> => {
  const words = ["KEYS", `${rig.prefix}*}:${what}*`].map((word) => Buffer.from(word));
  const [found] = await target.engine.pipeline([words]);
  return Array.isArray(found) ? found.length : -1;
};

const STEPS: readonly Step[] = ["claim", "commit", "pass"];

test.each(STEPS)(
  "events published before the %s are delivered, though that dispatcher may not go on, and no other is told of them",
  async (step) => {
    const rig = createRig(target);
    await rig.subscribe("x:a", { name: "it" });
    await rig.subscribe("y:a", { name: "other" });
    await rig.drain();
    await rig.publish(step === "pass" ? "x:other" : "x:a", 1);
    const happens = () => Promise.all([rig.publish("x:a", "between"), rig.publish("y:a", "between")]);
    await rig.run({ subrequests: 8 }, isolateWith(step, happens));
    await rig.drain();
    expect(rig.dataOf("it").at(-1)).toBe("between");
    expect(rig.dataOf("other")).toEqual(["between"]);
  },
);

test.each(STEPS)(
  "an event found before the %s by another, that cannot deliver it, is delivered",
  async (step) => {
    const rig = createRig(target);
    await rig.subscribe("x:a", { name: "it" });
    await rig.publish(step === "pass" ? "x:other" : "x:a", 1);
    const happens = async () => {
      await rig.publish("x:a", "between");
      await rig.run();
    };
    await rig.run({}, isolateWith(step, happens));
    await rig.drain();
    expect(rig.dataOf("it").filter((data) => data === "between")).toHaveLength(1);
  },
);

test.each(STEPS)(
  "a subscription removed before the %s gets nothing it has not got, and leaves nothing",
  async (step) => {
    const rig = createRig(target);
    const id = await rig.subscribe("x:a", { name: "it" });
    await rig.publish(step === "pass" ? "x:other" : "x:a", 1);
    await rig.run(
      {},
      isolateWith(step, () => rig.subscriptions.remove(id)),
    );
    rig.clock.advance(31);
    await rig.publish("x:a", 2);
    await rig.drain();
    expect(rig.dataOf("it")).not.toContain(2);
    expect(await keysOf(rig, "sub")).toBe(0);
    expect(await keysOf(rig, "progress")).toBe(0);
    expect(await keysOf(rig, "leases")).toBe(0);
    expect(await agendaOf(rig)).toEqual(["{look}"]);
  },
);

test.each(STEPS)("one paused before the %s is not on the agenda; resumed, it goes on", async (step) => {
  const rig = createRig(target);
  const id = await rig.subscribe("x:a", { name: "it" });
  rig.answers(() => FAILED);
  await rig.publish(step === "pass" ? "x:other" : "x:a", 1);
  if (step === "claim") {
    await rig.drain();
    rig.clock.advance(3);
  }
  await rig.run(
    {},
    isolateWith(step, () => rig.subscriptions.update(id, { status: "paused" })),
  );
  rig.clock.advance(600);
  await rig.drain();
  expect(await agendaOf(rig)).toEqual(["{look}"]);
  rig.answers(() => OK);
  await rig.publish("x:a", 2);
  await rig.subscriptions.update(id, { status: "active" });
  await rig.drain();
  const delivered = step === "pass" ? 1 : 2;
  expect(await rig.subscriptions.get(id)).toMatchObject({ delivered, lag: 0 });
});

test.each<Step>(["claim", "pass"])("one found paused, and resumed before the %s, goes on", async (step) => {
  const rig = createRig(target);
  const id = await rig.subscribe("x:a", { name: "it" });
  await rig.drain();
  await rig.subscriptions.update(id, { status: "paused" });
  await rig.publish("x:a", 1);
  await rig.drain();
  // As a dispatcher leaves it that was killed when it had just taken it.
  const agenda = `${rig.prefix}:{pubsub}:agenda`;
  const member = { score: rig.clock.now(), member: id };
  await rig.redis.send((pipeline) => pipeline.zadd(agenda, member));
  await rig.run(
    {},
    isolateWith(step, () => rig.subscriptions.update(id, { status: "active" })),
  );
  await rig.drain();
  expect(rig.dataOf("it")).toEqual([1]);
});

test.each<Step>(["claim", "load", "commit", "pass"])(
  "dead letters replayed before the %s are delivered",
  async (step) => {
    const rig = createRig(target);
    const id = await rig.subscribe("x:a", { name: "it" });
    rig.answers(() => FAILED);
    await rig.publish("x:a", "dead");
    for (const seconds of [0, 2, 10, 60, 600, 3_600, 21_600, 86_400]) {
      rig.clock.advance(seconds);
      await rig.drain();
    }
    rig.answers(() => OK);
    await rig.publish(step === "pass" || step === "claim" ? "x:other" : "x:a", 1);
    if (step === "load") await rig.subscriptions.update(id, { status: "active" });
    await rig.run(
      {},
      isolateWith(step, () => rig.subscriptions.replay(id)),
    );
    await rig.drain();
    // Eight attempts, and this one.
    expect(rig.dataOf("it").filter((data) => data === "dead")).toHaveLength(9);
    expect(await rig.subscriptions.get(id)).toMatchObject({ dead: 0, lag: 0 });
  },
);

test("one served by another between the survey and the claim is not served with what the survey said", async () => {
  const rig = createRig(target);
  const id = await rig.subscribe("*", { name: "it" });
  await rig.publishAll("x", upTo(3));
  await rig.run(
    {},
    isolateWith("claim", () => rig.run()),
  );
  await rig.drain();
  expect(rig.dataOf("it")).toEqual([1, 2, 3]);
  expect(await rig.subscriptions.get(id)).toMatchObject({ delivered: 3 });
});

test("a subscription made between the survey and the claim gets what is published then", async () => {
  const rig = createRig(target);
  await rig.subscribe("*", { name: "other" });
  await rig.publish("x", 1);
  const happens = async () => {
    await rig.subscribe("*", { name: "it" });
    await rig.publish("x", 2);
  };
  await rig.run({}, isolateWith("claim", happens));
  await rig.drain();
  expect(rig.dataOf("it")).toEqual([2]);
});

test("an event published when there was nothing to take, before the claim, is delivered by the next run", async () => {
  const rig = createRig(target);
  await rig.subscribe("y:a", { name: "it" });
  await rig.drain();
  await rig.publish("x:nobody", 1);
  await rig.run(
    { subrequests: 8 },
    isolateWith("claim", () => rig.publish("y:a", 2)),
  );
  await rig.drain();
  expect(rig.dataOf("it")).toEqual([2]);
});

test("one that is taken from a dispatcher that is still at it, by a clock that was ahead: who waits for a retry waits on", async () => {
  const rig = createRig(target);
  const id = await rig.subscribe("x", { name: "it" });
  await rig.publishAll("x", [1, 2], "k");
  await rig.publish("x", "slow", "other");
  const slow = Promise.withResolvers<void>();
  const fail = Promise.withResolvers<void>();
  rig.answers(async ({ event, attempt }) => {
    if (attempt > 1 || event.data === 2) return OK;
    await (event.data === "slow" ? slow.promise : fail.promise);
    return event.data === "slow" ? OK : FAILED;
  });
  const hour = 3_600_000;
  const first = rig.run({ now: () => rig.clock.now() + hour, untilMs: rig.clock.now() + hour + 20_000 });
  await vi.waitUntil(() => rig.received.length === 2);

  // The first writes down what has failed, and goes on with the slow one.
  const happens = async () => {
    fail.resolve();
    await vi.waitUntil(async () => (await rig.subscriptions.get(id))?.failed === 1);
  };
  rig.answers(() => OK);
  await rig.publish("x", 3, "k");
  await rig.run({}, isolateWith("claim", happens));
  slow.resolve();
  await first;
  expect(rig.dataOf("it")).toEqual([1, "slow", "slow"]);
  rig.clock.advance(3_603);
  await rig.drain();
  expect(rig.dataOf("it").slice(3)).toEqual([1, 2, 3]);
});
