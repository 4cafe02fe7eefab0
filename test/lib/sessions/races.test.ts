// One command against another: what comes late, and what comes at once. `order.test.ts` has any against any.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Redis } from "../../../lib/redis/index.ts";
import type { Sessions } from "../../../lib/sessions/index.ts";
import { createClock, createGate } from "../../support/cache.ts";
import { startRedis, type TestRedis } from "../../support/redis.ts";
import { keysOf, newUser, openSessions } from "../../support/sessions.ts";

let target: TestRedis;
beforeAll(async () => {
  target = await startRedis();
});
afterAll(() => target.close());

/** Holds one script back until the gate is open. */
function holding(name: string) {
  const gate = createGate();
  const reached = createGate();
  const through = (redis: Redis): Redis => ({
    ...redis,
    run: async (script, keys, args) => {
      if (script.name === name) {
        reached.open();
        await gate.opened;
      }
      return redis.run(script, keys, args);
    },
  });
  return { through, reached, open: gate.open };
}

const exists = (token: string) =>
  openSessions(target).redis.send<number>((p) => {
    const { record, index } = keysOf(token, target.prefix);
    return p.exists(record, index);
  });

const ENDS: [string, (sessions: Sessions, token: string, userId: string, id: string) => Promise<unknown>][] =
  [
    ["signed out of", (sessions, token) => sessions.end(token)],
    ["revoked", (sessions, _, userId, id) => sessions.revoke(userId, id)],
    ["revoked with all others", (sessions, _, userId) => sessions.revokeAll(userId)],
  ];

const LATE: [string, string, (sessions: Sessions, token: string) => Promise<unknown>][] = [
  ["renewal", "sessions-renew", (sessions, token) => sessions.read(token)],
  ["update", "sessions-update", (sessions, token) => sessions.update(token, { a: 1 })],
  ["rotation", "sessions-rotate", (sessions, token) => sessions.rotate(token)],
];

describe.each(LATE)("a %s that comes late", (_what, script, late) => {
  test.each(ENDS)("does not revive a session that was %s", async (_how, end) => {
    const clock = createClock();
    const { sessions } = openSessions(target, { now: clock.now });
    const userId = newUser();
    const { token, session } = await sessions.create({ userId });
    clock.advance(60);

    const held = holding(script);
    const other = openSessions(target, { now: clock.now, through: held.through });
    const result = late(other.sessions, token);
    await held.reached.opened;
    await end(sessions, token, userId, session.id);
    held.open();
    await result;
    await other.settled();
    expect(await sessions.read(token)).toBeNull();
    expect(await exists(token)).toBe(0);
    expect(await sessions.list(userId)).toEqual([]);
  });
});

describe("rotation", () => {
  test("leaves one living token of 20 rotations at once, and the data", async () => {
    const { sessions } = openSessions(target);
    const userId = newUser();
    const { token, session } = await sessions.create({ userId, data: { a: 1 } });
    const rotations = await Promise.all(
      Array.from({ length: 20 }, () => openSessions(target).sessions.rotate(token)),
    );
    const won = rotations.filter((rotated) => rotated !== null);
    expect(won).toHaveLength(1);
    expect(won[0]?.session).toMatchObject({ id: session.id, data: { a: 1 }, expiresAt: session.expiresAt });
    expect(won[0]?.token).not.toBe(token);
    expect(await sessions.read(token)).toBeNull();
    expect(await sessions.end(token)).toBe(false);
    expect(await sessions.read(won[0]?.token ?? "")).toMatchObject({ data: { a: 1 } });
    expect(await sessions.list(userId)).toHaveLength(1);
  });

  test("loses no update that was accepted, before or after it", async () => {
    const { sessions } = openSessions(target);
    const { token } = await sessions.create({ userId: newUser() });
    const update = (i: number) => openSessions(target).sessions.update(token, { [`f${i}`]: i });
    const [rotated, ...updates] = await Promise.all([
      openSessions(target).sessions.rotate(token),
      ...Array.from({ length: 30 }, (_, i) => update(i)),
    ]);
    const accepted = updates.flatMap(({ kind }, i) => (kind === "updated" ? [[`f${i}`, i] as const] : []));
    expect((await sessions.read(rotated?.token ?? ""))?.data).toEqual(Object.fromEntries(accepted));
  });
});

describe("revoking all", () => {
  test("ends a sign-in that came between its look and its end", async () => {
    const { sessions } = openSessions(target);
    const userId = newUser();
    const first = await sessions.create({ userId });
    const held = holding("sessions-revoke");
    const revoking = openSessions(target, { through: held.through }).sessions.revokeAll(userId);
    await held.reached.opened;
    const second = await sessions.create({ userId });
    held.open();
    expect(await revoking).toBe(2);
    expect(await sessions.read(first.token)).toBeNull();
    expect(await sessions.read(second.token)).toBeNull();
  });

  test("beside sign-ins leaves only such as the user's list shows", async () => {
    const { sessions } = openSessions(target);
    const userId = newUser();
    const signIns = Array.from({ length: 20 }, () => openSessions(target).sessions.create({ userId }));
    const revoked = openSessions(target).sessions.revokeAll(userId);
    const opened = await Promise.all(signIns);
    await revoked;
    const living = await Promise.all(opened.map(({ token }) => sessions.read(token)));
    const ids = living.flatMap((session) => (session === null ? [] : [session.id]));
    expect((await sessions.list(userId)).map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    await sessions.revokeAll(userId);
    for (const { token } of opened) expect(await exists(token)).toBe(0);
  });

  test("ends in a bounded time, however fast others sign in", async () => {
    const { sessions } = openSessions(target);
    const userId = newUser();
    await sessions.create({ userId });
    let passes = 0;
    const through = (redis: Redis): Redis => ({
      ...redis,
      run: async (script, keys, args) => {
        if (script.name === "sessions-revoke") {
          passes += 1;
          await sessions.create({ userId });
        }
        return redis.run(script, keys, args);
      },
    });
    expect(await openSessions(target, { through }).sessions.revokeAll(userId)).toBe(5);
    expect(passes).toBe(5);
  });
});

test("20 requests of every kind at once, on connections of their own, agree at the end", async () => {
  for (let round = 0; round < 5; round += 1) {
    const clock = createClock();
    const { sessions } = openSessions(target, { now: clock.now });
    const userId = newUser();
    const { token } = await sessions.create({ userId });
    clock.advance(60);
    const isolates = Array.from({ length: 20 }, () => openSessions(target, { now: clock.now }));
    const [ended] = await Promise.all([
      sessions.end(token),
      ...isolates.map(async (isolate, i) => {
        if (i % 3 === 0) return isolate.sessions.read(token);
        if (i % 3 === 1) return isolate.sessions.update(token, { [`f${i}`]: i });
        return i === 2 && isolate.sessions.rotate(token);
      }),
    ]);
    await Promise.all(isolates.map((isolate) => isolate.settled()));
    // A rotation that came first keeps the session from the sign-out of the old token; else nothing is left.
    expect((await sessions.list(userId)).length).toBe(ended ? 0 : 1);
    expect(await sessions.read(token)).toBeNull();
    expect(await exists(token)).toBe(ended ? 0 : 2);
  }
});
