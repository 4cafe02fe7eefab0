// Requests of every kind at once, their commands brought to Redis in any order: the end is that of the order.

import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Fields, Opened } from "../../../lib/sessions/index.ts";
import { createClock, type Clock } from "../../support/cache.ts";
import { startRedis, type TestRedis } from "../../support/redis.ts";
import { keysOf, newUser, openSessions, type SessionsIsolate } from "../../support/sessions.ts";

let target: TestRedis;
beforeAll(async () => {
  target = await startRedis();
});
afterAll(() => target.close());

type Step =
  | { do: "update"; changes: Fields }
  | { do: "read" | "rotate" | "end" | "revoke" | "revokeAll" | "revokeOthers" | "signIn" };

const fields = fc.dictionary(fc.constantFrom("a", "b", "c"), fc.option(fc.nat(9)), { minKeys: 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("update"), changes: fields }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom("read", "rotate", "signIn") }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("end", "revoke", "revokeAll", "revokeOthers") }) },
);
/** What is asked at once, and then what is asked at once. */
const waves = fc.array(fc.array(step, { minLength: 1, maxLength: 7 }), { minLength: 1, maxLength: 3 });

/** One user's sessions, and what is known of them while requests run. */
interface World {
  readonly userId: string;
  readonly first: Opened;
  /** Of the first session, the newest last. */
  readonly tokens: string[];
  /** Of the sessions that came later. */
  readonly later: string[];
  /** The data by the updates that were accepted, in the order in which Redis ran them. */
  readonly data: Map<string, unknown>;
  ended: boolean;
  /** A request of its own, whose commands wait for their turn. */
  request(changes?: Fields): SessionsIsolate;
}

async function createWorld(scheduler: fc.Scheduler, clock: Clock): Promise<World> {
  const schedule = scheduler.scheduleFunction(async (work: () => Promise<unknown>) => work());
  const inTurn = <T>(work: () => Promise<T>) => schedule(work) as Promise<T>;
  const userId = newUser();
  const first = await openSessions(target, { now: clock.now }).sessions.create({ userId });

  const data = new Map<string, unknown>();
  const merge = (changes: Fields) => {
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) data.delete(name);
      else data.set(name, value);
    }
  };
  const request = (changes: Fields = {}) =>
    openSessions(target, {
      now: clock.now,
      through: (redis) => ({
        ...redis,
        send: (add) => inTurn(() => redis.send(add)),
        run: <T>(...call: Parameters<typeof redis.run>) =>
          inTurn(async () => {
            const reply = await redis.run<T>(...call);
            if (Array.isArray(reply) && reply[0] === "updated") merge(changes);
            return reply;
          }),
      }),
    });
  return { userId, first, tokens: [first.token], later: [], data, ended: false, request };
}

async function take(world: World, one: Step): Promise<void> {
  const { userId, first, tokens, later } = world;
  const isolate = world.request(one.do === "update" ? one.changes : {});
  const { sessions } = isolate;
  const token = tokens.at(-1) ?? "";
  switch (one.do) {
    case "update":
      await sessions.update(token, one.changes);
      break;
    case "read":
      await sessions.read(token);
      break;
    case "rotate":
      tokens.push((await sessions.rotate(token))?.token ?? token);
      break;
    case "signIn":
      later.push((await sessions.create({ userId })).token);
      break;
    case "end":
      if (await sessions.end(token)) world.ended = true;
      break;
    case "revoke":
      if (await sessions.revoke(userId, first.session.id)) world.ended = true;
      break;
    case "revokeAll":
      await sessions.revokeAll(userId);
      world.ended = true;
      break;
    case "revokeOthers":
      await sessions.revokeAll(userId, { except: first.session.id });
      break;
  }
  await isolate.settled();
}

test("in whatever order commands arrive, what was ended stays ended, and the data is that of the order", async () => {
  const property = fc.asyncProperty(fc.scheduler(), waves, async (scheduler, asked) => {
    const clock = createClock();
    const world = await createWorld(scheduler, clock);
    for (const wave of asked) {
      // Each wave finds its renewal due.
      clock.advance(60);
      await scheduler.waitFor(Promise.all(wave.map((one) => take(world, one))));
    }

    // One that renews nothing, so that it changes nothing.
    const { sessions, redis } = openSessions(target, { now: clock.now, renewEverySeconds: 3_599 });
    const living = async (tokens: readonly string[]) => {
      const read = await Promise.all([...new Set(tokens)].map((token) => sessions.read(token)));
      return read.filter((session) => session !== null);
    };
    const firsts = await living(world.tokens);
    expect(firsts.map(({ data }) => data)).toEqual(world.ended ? [] : [Object.fromEntries(world.data)]);

    // The record is there as long as the session, and the index shows what lives and nothing else.
    const { record, index } = keysOf(world.first.token, target.prefix);
    expect(await redis.send<number>((p) => p.exists(record))).toBe(world.ended ? 0 : 1);
    const ids = [...firsts, ...(await living(world.later))].map(({ id }) => id).toSorted();
    expect((await redis.send<string[]>((p) => p.zrange(index, 0, -1))).toSorted()).toEqual(ids);
    expect((await sessions.list(world.userId)).map(({ id }) => id).toSorted()).toEqual(ids);
  });
  await fc.assert(property, { numRuns: 60, seed: 20_261_101 });
}, 60_000);
