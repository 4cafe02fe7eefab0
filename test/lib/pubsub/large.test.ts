// Events as large as they may be, many of them: no script may keep Redis busy for as long as a request waits.

import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startRedis, type TestRedis } from "../../support/redis.ts";
import { createRig, FAILED, OK, upTo, type Rig } from "./dispatch/rig.ts";

const LARGE = "x".repeat(260_000);
const COUNT = 45;
/** Each fails eight times until it is dead. */
const FAILING = 12;
/** A script reads so many of them at once, and not a page of a hundred. */
const MOST_AT_ONCE = 20;

let target: TestRedis;
beforeAll(async () => {
  target = await startRedis();
});
afterAll(() => target.close());

describe("of large events", { timeout: 60_000 }, () => {
  test("all are read, in as many pages as it takes", async () => {
    const rig = createRig(target);
    const ids = await rig.publishAll(
      "x:1",
      Array.from({ length: COUNT }, () => LARGE),
    );
    const read: string[] = [];
    for (let after: string | null = "0"; after !== null;) {
      const { events, next } = await rig.log.read("x:1", { after });
      expect(events.length).toBeLessThanOrEqual(MOST_AT_ONCE);
      read.push(...events.map(({ id }) => id));
      after = next;
    }
    expect(read).toEqual(ids);
  });

  test("those of another channel are passed over a few at a time", async () => {
    const rig = createRig(target);
    await rig.publishAll(
      "x:1",
      Array.from({ length: COUNT }, () => LARGE),
    );
    const wanted = await rig.publish("x:2", "small");
    let pages = 0;
    const read: string[] = [];
    for (let after: string | null = "0"; after !== null; pages += 1) {
      const page = await rig.log.read("x:2", { after });
      read.push(...page.events.map(({ id }) => id));
      after = page.next;
    }
    expect(read).toEqual([wanted]);
    expect(pages).toBeGreaterThanOrEqual(COUNT / MOST_AT_ONCE);
  });

  test("all are delivered when they are tried again, and listed and replayed when they are dead", async () => {
    const rig = createRig(target);
    const id = await rig.subscribe("x:*", { name: "it" });
    await rig.publishAll(
      "x:1",
      Array.from({ length: FAILING }, () => LARGE),
    );
    rig.answers(() => FAILED);
    // Three a run are tried; for less than the 5 days after which it would be disabled.
    for (let runs = 0; runs < 60 && (await rig.subscriptions.get(id))?.dead !== FAILING; runs += 1) {
      await rig.drain();
      rig.clock.advance(1.5 * 3_600);
    }

    const letters = await allLetters(rig, id);
    expect(new Set(letters).size).toBe(FAILING);
    expect(letters).toHaveLength(FAILING);

    const run = vi.spyOn(rig.redis, "run");
    expect(await rig.subscriptions.replay(id)).toBe(FAILING);
    const steps = run.mock.calls.filter(([{ name }]) => name === "subscription-replay");
    expect(steps.length).toBeGreaterThanOrEqual(FAILING / 5);
    run.mockRestore();
    rig.answers(() => OK);
    rig.received.length = 0;
    await rig.drain();
    expect(new Set(rig.received.map(({ event }) => event.id)).size).toBe(FAILING);
    expect(rig.received).toHaveLength(FAILING);
  });
});

async function allLetters(rig: Rig, id: string): Promise<string[]> {
  const letters: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await rig.subscriptions.dead(id, { cursor, limit: 100 });
    // The one that fills a MiB is the last.
    expect(page?.items.length).toBeLessThanOrEqual(5);
    letters.push(...(page?.items ?? []).map(({ event }) => event.id));
    cursor = page?.next ?? null;
  }
  return letters;
}

describe("a subscription that begins in the middle of a log", () => {
  test("is behind by what follows, and has missed only what was trimmed of that", async () => {
    const rig = createRig(target);
    const ids = await rig.publishAll("x:1", upTo(100));
    const id = await rig.subscribe("x:*", { name: "it", start: ids[49] ?? "" });
    expect((await rig.subscriptions.get(id))?.lag).toBe(50);

    rig.clock.advance(30 * 86_400);
    await trimTo(rig, ids[60] ?? "");
    await rig.drain();
    expect(rig.dataOf("it")).toEqual(upTo(100).slice(61));
    expect((await rig.subscriptions.get(id))?.missed).toBe(11);
  });
});

/** What retention does where nobody waits for what goes. */
async function trimTo(rig: Rig, last: string): Promise<void> {
  await rig.log.trim({ olderThanMs: 0, seen: () => last });
}
