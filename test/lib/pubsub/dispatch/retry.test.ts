import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startRedis, type TestRedis } from "../../../support/redis.ts";
import { createRig, FAILED, GONE, OK, upTo, type Rig } from "./rig.ts";

let target: TestRedis;
beforeAll(async () => {
  target = await startRedis();
});
afterAll(() => target.close());

const STEPS = [2, 10, 60, 600, 3_600, 21_600, 86_400];
const DAY = 86_400;

/** Lets all retries there are come, one after the other. */
async function retryAll(rig: Rig): Promise<void> {
  for (const seconds of STEPS) {
    rig.clock.advance(seconds);
    await rig.drain();
  }
}

describe("a failed delivery", () => {
  test("comes again after 2 s, 10 s, 1 min, 10 min, 1 h, 6 h and 24 h, and is dead then", async () => {
    const rig = createRig(target);
    const id = await rig.subscribe("*", { name: "it" });
    const event = await rig.publish("user:new", "data", "k");
    rig.answers(() => FAILED);
    expect(await rig.run()).toMatchObject({ failed: 1 });
    for (const [i, seconds] of STEPS.entries()) {
      rig.clock.advance(seconds - 1);
      expect(await rig.run()).toMatchObject({ failed: 0, more: false });
      expect((await rig.subscriptions.get(id))?.lag).toBe(1);
      rig.clock.advance(1);
      expect(await rig.run()).toMatchObject({ failed: 1, dead: i === STEPS.length - 1 ? 1 : 0 });
    }
    expect(rig.received.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(new Set(rig.received.map(({ event: { id: same } }) => same))).toEqual(new Set([event]));
    expect(await rig.subscriptions.get(id)).toMatchObject({ lag: 0, failed: 8, delivered: 0, dead: 1 });
    expect(rig.notices).toEqual([{ type: "dead", subscription: id, event, status: 500 }]);
    const deadAt = new Date(rig.clock.now()).toISOString();
    expect(await rig.subscriptions.dead(id)).toEqual({
      items: [{ event: rig.received[0]?.event, attempts: 8, lastStatus: 500, deadAt }],
      next: null,
    });
  });

  test("waits as long as the receiver asks for, up to twice its step", async () => {
    const rig = createRig(target);
    await rig.subscribe("*", { name: "it" });
    await rig.publish("a", 1);
    rig.answers(({ attempt }) => ({ ...FAILED, retryAfterSeconds: attempt === 1 ? 3 : 1_000 }));
    await rig.run();
    rig.clock.advance(2.9);
    expect(await rig.run()).toMatchObject({ failed: 0 });
    rig.clock.advance(0.1);
    expect(await rig.run()).toMatchObject({ failed: 1 });
    rig.clock.advance(19.9);
    expect(await rig.run()).toMatchObject({ failed: 0 });
    rig.clock.advance(0.1);
    expect(await rig.run()).toMatchObject({ failed: 1 });
  });

  test("is kept though the log is trimmed meanwhile", async () => {
    const rig = createRig(target);
    const id = await rig.subscribe("*", { name: "it" });
    await rig.publish("a", "kept");
    rig.answers(() => FAILED);
    await rig.run();
    const seen = await rig.subscriptions.seen();
    rig.clock.advance(8 * DAY);
    expect(await rig.log.trim({ seen })).toMatchObject({ events: 1 });
    rig.answers(() => OK);
    await rig.drain();
    expect(rig.dataOf("it")).toEqual(["kept", "kept"]);
    expect(await rig.subscriptions.get(id)).toMatchObject({ delivered: 1, missed: 0, lag: 0 });
  });
});

describe("while an event of a key waits for its retry", () => {
  test("later ones of that key wait behind it, in order; other keys and events without one go on", async () => {
    const rig = createRig(target);
    const id = await rig.subscribe("*", { name: "it" });
    rig.answers(({ event, attempt }) => (event.data === "a1" && attempt < 3 ? FAILED : OK));
    for (const data of ["a1", "b1", "a2", "b2"]) await rig.publish("x", data, data.charAt(0));
    await rig.publish("x", "none1");
    await rig.drain();
    await rig.publish("x", "a3", "a");
    await rig.publish("y", "a4 of y", "a");
    await rig.drain();
    expect(new Set(rig.dataOf("it"))).toEqual(new Set(["a1", "b1", "b2", "none1", "a4 of y"]));
    expect((await rig.subscriptions.get(id))?.lag).toBe(3);

    rig.clock.advance(2);
    await rig.drain();
    expect(rig.dataOf("it").slice(5)).toEqual(["a1"]);
    rig.clock.advance(10);
    await rig.publish("x", "a5", "a");
    await rig.drain();
    expect(rig.dataOf("it").slice(6)).toEqual(["a1", "a2", "a3", "a5"]);
    expect(await rig.subscriptions.get(id)).toMatchObject({ lag: 0, delivered: 8, failed: 2 });
  });

  test("those behind it go on when it is dead", async () => {
    const rig = createRig(target);
    await rig.subscribe("*", { name: "it" });
    rig.answers(({ event }) => (event.data === 1 ? FAILED : OK));
    await rig.publishAll("x", [1, 2, 3], "k");
    await rig.drain();
    await retryAll(rig);
    expect(rig.dataOf("it")).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 2, 3]);
  });

  test("many that wait come in order when it is through, also when one of them fails again", async () => {
    const rig = createRig(target);
    const id = await rig.subscribe("*", { name: "it" });
    const failures = new Map([
      [1, 1],
      [70, 1],
    ]);
    rig.answers(({ event }) => {
      const left = failures.get(Number(event.data)) ?? 0;
      failures.set(Number(event.data), left - 1);
      return left > 0 ? FAILED : OK;
    });
    await rig.publishAll("x", upTo(130), "k");
    await rig.drain();
    rig.clock.advance(2);
    await rig.drain();
    expect(rig.dataOf("it")).toEqual([1, ...upTo(70)]);
    rig.clock.advance(2);
    await rig.drain();
    expect(rig.dataOf("it")).toEqual([1, ...upTo(70), ...upTo(130).slice(69)]);
    expect(await rig.subscriptions.get(id)).toMatchObject({ delivered: 130, failed: 2, lag: 0 });
  });

  test("a new event without a key does not wait for an older one", async () => {
    const rig = createRig(target);
    await rig.subscribe("*", { name: "it" });
    rig.answers(({ event }) => (event.data === 1 ? FAILED : OK));
    await rig.publishAll("x", [1, 2]);
    await rig.drain();
    expect(rig.dataOf("it")).toEqual([1, 2]);
  });
});

describe("a receiver that fails three times in a row", () => {
  test("gets nothing more for 10 s; the others get theirs", async () => {
    const rig = createRig(target);
    await rig.subscribe("*", { name: "bad" });
    await rig.subscribe("*", { name: "good" });
    rig.answers(({ to }) => (to === "bad" ? FAILED : OK));
    for (const i of upTo(30)) await rig.publish("x", i, `k${i}`);
    expect(await rig.drain()).toBe(1);
    // Two were under way when it failed for the third time.
    expect(rig.dataOf("bad").length).toBeLessThanOrEqual(4);
    expect(rig.dataOf("good")).toEqual(upTo(30));

    await rig.publish("x", 31);
    await rig.drain();
    expect(rig.dataOf("bad").length).toBeLessThanOrEqual(4);
    rig.answers(() => OK);
    rig.clock.advance(10);
    await rig.drain();
    expect(new Set(rig.dataOf("bad"))).toEqual(new Set(upTo(31)));
  });
});

describe("a subscription is disabled", () => {
  test("by a 410, and what it has not got waits until it is revived", async () => {
    const rig = createRig(target);
    const id = await rig.subscribe("*", { name: "it" });
    rig.answers(() => GONE);
    await rig.publishAll("x", [1, 2, 3], "k");
    await rig.drain();
    expect(rig.dataOf("it")).toEqual([1]);
    expect(await rig.subscriptions.get(id)).toMatchObject({ status: "disabled", lag: 3, failed: 1 });
    expect(rig.notices).toEqual([{ type: "disabled", subscription: id, reason: "gone" }]);

    rig.clock.advance(DAY);
    await rig.publish("x", 4, "k");
    await rig.drain();
    expect(rig.dataOf("it")).toEqual([1]);
    rig.answers(() => OK);
    await rig.subscriptions.update(id, { status: "active" });
    await rig.drain();
    expect(rig.dataOf("it")).toEqual([1, 1, 2, 3, 4]);
  });

  test("by 5 days of failures only, which count anew when it is revived", async () => {
    const rig = createRig(target);
    const id = await rig.subscribe("*", { name: "it" });
    rig.answers(() => FAILED);
    await rig.publish("x", 0);
    for (let day = 1; day <= 4; day += 1) {
      await rig.drain();
      rig.clock.advance(DAY);
      await rig.publish("x", day);
    }
    await rig.drain();
    expect(await rig.subscriptions.get(id)).toMatchObject({ status: "active" });
    rig.clock.advance(DAY);
    await rig.drain();
    expect(await rig.subscriptions.get(id)).toMatchObject({ status: "disabled" });
    expect(rig.notices).toContainEqual({ type: "disabled", subscription: id, reason: "failing" });

    await rig.subscriptions.update(id, { status: "active" });
    rig.clock.advance(DAY);
    await rig.drain();
    expect(await rig.subscriptions.get(id)).toMatchObject({ status: "active" });
  });

  test("not by failures with a success between", async () => {
    const rig = createRig(target);
    const id = await rig.subscribe("*", { name: "it" });
    for (let day = 0; day <= 8; day += 1) {
      rig.answers(() => (day === 4 ? OK : FAILED));
      await rig.publish("x", day);
      await rig.drain();
      rig.clock.advance(DAY);
    }
    expect(await rig.subscriptions.get(id)).toMatchObject({ status: "active" });
  });
});

/** A subscription whose first event, of key `k`, has died. */
async function withDead(): Promise<{ rig: Rig; id: string }> {
  const rig = createRig(target);
  const id = await rig.subscribe("*", { name: "it" });
  rig.answers(() => FAILED);
  await rig.publish("x", 1, "k");
  await rig.drain();
  await retryAll(rig);
  rig.received.length = 0;
  rig.answers(() => OK);
  return { rig, id };
}

describe("dead letters that are replayed", () => {
  test("are delivered, and their attempts count anew", async () => {
    const { rig, id } = await withDead();
    expect(await rig.subscriptions.replay(id)).toBe(1);
    expect(await rig.subscriptions.get(id)).toMatchObject({ dead: 0 });
    expect(await rig.run()).toMatchObject({ delivered: 1, more: false });
    expect(rig.received).toMatchObject([{ attempt: 1, event: { data: 1 } }]);
    expect(await rig.subscriptions.get(id)).toMatchObject({ dead: 0, delivered: 1, lag: 0 });
    expect(await rig.subscriptions.replay(id)).toBe(0);
  });

  test("wait behind an event of their key that waits for a retry", async () => {
    const { rig, id } = await withDead();
    rig.answers(({ event, attempt }) => (event.data === 2 && attempt === 1 ? FAILED : OK));
    await rig.publish("x", 2, "k");
    await rig.publish("x", 3, "k");
    await rig.drain();
    await rig.subscriptions.replay(id);
    await rig.drain();
    expect(rig.dataOf("it")).toEqual([2]);
    rig.clock.advance(2);
    await rig.drain();
    expect(rig.dataOf("it")).toEqual([2, 2, 3, 1]);
  });

  test("that fail again are waited for by later ones of their key", async () => {
    const { rig, id } = await withDead();
    rig.answers(({ event, attempt }) => (event.data === 1 && attempt === 1 ? FAILED : OK));
    await rig.subscriptions.replay(id);
    await rig.drain();
    await rig.publish("x", 2, "k");
    await rig.drain();
    expect(rig.dataOf("it")).toEqual([1]);
    rig.clock.advance(2);
    await rig.drain();
    expect(rig.dataOf("it")).toEqual([1, 1, 2]);
  });

  test("while it is paused, wait until it is resumed", async () => {
    const { rig, id } = await withDead();
    await rig.subscriptions.update(id, { status: "paused" });
    expect(await rig.subscriptions.replay(id)).toBe(1);
    await rig.drain();
    expect(rig.received).toEqual([]);
    await rig.subscriptions.update(id, { status: "active" });
    await rig.drain();
    expect(rig.dataOf("it")).toEqual([1]);
  });
});
