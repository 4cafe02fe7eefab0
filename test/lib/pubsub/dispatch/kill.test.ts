// A dispatcher that ends in the middle: at each of its calls to Redis, in each way.

import { afterAll, beforeAll, expect, test } from "vitest";
import { startRedis, type TestRedis } from "../../../support/redis.ts";
import { openRedis } from "../open.ts";
import { checkDeliveries, type Taken } from "./check.ts";
import { createMortal, type End } from "./mortal.ts";
import { createRig, FAILED, OK, upTo, type Rig } from "./rig.ts";

let target: TestRedis;
beforeAll(async () => {
  target = await startRedis();
});
afterAll(() => target.close());

/** When the one to be struck runs, in seconds after one another: then the first retries are due. */
const RUNS = [0, 3, 12];
/** After so long a lease has ended, and what is left of the retries is due. */
const LATER_SECONDS = 40;

/** Two webhooks and a subscriber in code; events of two keys and of none; what is odd fails at first at one of them. */
async function setUp(rig: Rig): Promise<Map<string, string[]>> {
  const expected = new Map<string, string[]>([
    ["all", []],
    ["some", []],
    ["code", []],
  ]);
  await rig.subscribe("*", { name: "all" });
  await rig.subscribe("user:*", { name: "some" });
  for (const i of upTo(8)) {
    const id = await rig.publish(i % 4 === 0 ? "order:new" : "user:new", i, ["a", "b", undefined][i % 3]);
    expected.get("all")?.push(id);
    if (i % 4 !== 0) expected.get("some")?.push(id);
    if (i % 4 === 0) expected.get("code")?.push(id);
  }
  return expected;
}

async function strike(at: number, end: End): Promise<boolean> {
  const rig = createRig(target);
  const taken: Taken[] = [];
  const expected = await setUp(rig);
  const attempts = new Map<string, number>();
  const mortal = createMortal(openRedis(target), at, end);
  let isVictim = true;

  rig.subscribers.push({
    name: "code",
    pattern: "order:*",
    since: "2020-01-01",
    handle: async (event) => {
      if (isVictim && mortal.isDead) await new Promise(() => undefined);
      taken.push({ to: "code", event });
    },
  });
  rig.answers(({ to, event }) => {
    if (isVictim && mortal.isDead) return new Promise(() => undefined);
    const made = (attempts.get(`${to} ${event.id}`) ?? 0) + 1;
    attempts.set(`${to} ${event.id}`, made);
    if (to === "all" && Number(event.data) % 5 === 1 && made <= 2) return FAILED;
    taken.push({ to, event });
    return OK;
  });

  for (const seconds of RUNS) {
    if (mortal.struck) break;
    rig.clock.advance(seconds);
    await Promise.race([rig.run({}, mortal.redis).catch(() => undefined), mortal.death]);
  }
  isVictim = false;
  for (let i = 0; i < 4; i += 1) {
    rig.clock.advance(LATER_SECONDS);
    await rig.drain();
  }

  checkDeliveries(taken, expected);
  for (const each of (await rig.subscriptions.list()).items) {
    const name = each.url?.split("/").at(-1) ?? each.id;
    // Each event is written down once as delivered, however often it came.
    expect(each, `${name}, struck ${end} at ${at}`).toMatchObject({
      delivered: expected.get(name)?.length,
      lag: 0,
      dead: 0,
    });
  }
  return mortal.struck;
}

test.each<End>(["before", "after", "answer-lost", "not-sent"])(
  "a dispatcher that ends (%s a call), at whichever call: nothing is lost, and every key is in order",
  { timeout: 60_000 },
  async (end) => {
    let at = 1;
    while (await strike(at, end)) at += 1;
    expect(at).toBeGreaterThan(20);
  },
);
