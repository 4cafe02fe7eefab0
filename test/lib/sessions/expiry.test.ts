import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createClock, createGate } from "../../support/cache.ts";
import { startRedis, type TestRedis } from "../../support/redis.ts";
import { keysOf, newUser, openSessions } from "../../support/sessions.ts";

let target: TestRedis;
beforeAll(async () => {
  target = await startRedis();
});
afterAll(() => target.close());

/** Milliseconds until Redis forgets a session, and its user's index. */
async function ttls(token: string): Promise<[record: number, index: number]> {
  const { record, index } = keysOf(token, target.prefix);
  const { redis } = openSessions(target);
  const pttl = (key: string) => redis.send<number>((p) => p.pttl(key));
  return Promise.all([pttl(record), pttl(index)]);
}

describe("a session that is not used", () => {
  test("ends an hour after its last use, to the millisecond, in every operation", async () => {
    const clock = createClock();
    const { sessions } = openSessions(target, { now: clock.now });
    const userId = newUser();
    const { token, session } = await sessions.create({ userId });
    expect(session.idleExpiresAt.getTime()).toBe(clock.now() + 3_600_000);
    clock.advance(3_600);
    expect(await sessions.update(token, { a: 1 })).toEqual({ kind: "gone" });
    expect(await sessions.rotate(token)).toBeNull();
    expect(await sessions.read(token)).toBeNull();
    expect(await sessions.list(userId)).toEqual([]);
    clock.advance(-0.001);
    expect(await sessions.read(token)).not.toBeNull();
  });

  test("leaves Redis by itself, and so does its user's index", async () => {
    const { sessions } = openSessions(target);
    const { token } = await sessions.create({ userId: newUser() });
    for (const ms of await ttls(token)) {
      expect(ms).toBeGreaterThan(3_590_000);
      expect(ms).toBeLessThanOrEqual(3_600_000);
    }
  });

  test("whose absolute end comes first leaves Redis then", async () => {
    const { sessions } = openSessions(target, { absoluteSeconds: 60 });
    const { token, session } = await sessions.create({ userId: newUser() });
    expect(session.idleExpiresAt).toEqual(session.expiresAt);
    expect((await ttls(token))[0]).toBeLessThanOrEqual(60_000);
  });

  test("is gone from Redis when its time is over there", async () => {
    const isolate = openSessions(target, { idleSeconds: 0.05, renewEverySeconds: 0 });
    const { token } = await isolate.sessions.create({ userId: newUser() });
    await expect.poll(() => ttls(token)).toEqual([-2, -2]);
  });
});

describe("use", () => {
  test("renews the session, and the answer says until when", async () => {
    const clock = createClock();
    const isolate = openSessions(target, { now: clock.now });
    const { token, session } = await isolate.sessions.create({ userId: newUser() });
    for (let i = 0; i < 5; i += 1) {
      clock.advance(3_000);
      const used = await isolate.sessions.read(token);
      await isolate.settled();
      expect(used?.lastSeenAt.getTime()).toBe(clock.now());
      expect(used?.idleExpiresAt.getTime()).toBe(clock.now() + 3_600_000);
      expect(used?.expiresAt).toEqual(session.expiresAt);
      expect(await isolate.sessions.read(token)).toEqual(used);
    }
  });

  test("moves the end in Redis too, and that of the index", async () => {
    const isolate = openSessions(target, { idleSeconds: 60, renewEverySeconds: 0 });
    const { token } = await isolate.sessions.create({ userId: newUser() });
    const longer = openSessions(target, { idleSeconds: 600, renewEverySeconds: 0 });
    await longer.sessions.read(token);
    await longer.settled();
    for (const ms of await ttls(token)) expect(ms).toBeGreaterThan(500_000);
  });

  test("is written down once in 10 s, by however many requests at once", async () => {
    const clock = createClock();
    const { sessions } = openSessions(target, { now: clock.now });
    const { token } = await sessions.create({ userId: newUser() });
    const lines: string[] = [];
    const stop = await target.engine.monitor((line) => void lines.push(line));
    const { record } = keysOf(token, target.prefix);
    /** How often the session was written to, once all that ran has been told. */
    const writes = async () => {
      const mark = `${target.prefix}${lines.length}`;
      await target.engine.pipeline([[Buffer.from("GET"), Buffer.from(mark)]]);
      await expect.poll(() => lines.some((line) => line.includes(`"${mark}"`))).toBe(true);
      return lines.filter((line) => line.toLowerCase().includes(`"hset" "${record.toLowerCase()}"`)).length;
    };

    const requests = async () => {
      const isolates = Array.from({ length: 30 }, () => openSessions(target, { now: clock.now }));
      await Promise.all(isolates.map((isolate) => isolate.sessions.read(token)));
      await Promise.all(isolates.map((isolate) => isolate.settled()));
    };
    clock.advance(9.999);
    await requests();
    expect(await writes()).toBe(0);
    clock.advance(0.001);
    await requests();
    await requests();
    expect(await writes()).toBe(1);
    clock.advance(10);
    await requests();
    expect(await writes()).toBe(2);
    stop();
  });

  test("is written down behind the answer: nobody waits for it", async () => {
    const clock = createClock();
    const gate = createGate();
    const isolate = openSessions(target, {
      now: clock.now,
      through: (redis) => ({
        ...redis,
        run: async (script, keys, args) => {
          if (script.name === "sessions-renew") await gate.opened;
          return redis.run(script, keys, args);
        },
      }),
    });
    const { token } = await isolate.sessions.create({ userId: newUser() });
    clock.advance(60);
    expect(await isolate.sessions.read(token)).not.toBeNull();
    const stored = await openSessions(target, { now: () => clock.now() - 60_000 }).sessions.read(token);
    expect(stored?.lastSeenAt.getTime()).toBe(clock.now() - 60_000);
    gate.open();
    await isolate.settled();
    expect((await isolate.sessions.read(token))?.lastSeenAt.getTime()).toBe(clock.now());
  });

  test("by an update counts, and is written down as seldom", async () => {
    const clock = createClock();
    const { sessions } = openSessions(target, { now: clock.now });
    const { token, session } = await sessions.create({ userId: newUser() });
    clock.advance(9);
    const early = await sessions.update(token, { a: 1 });
    expect(early).toMatchObject({ kind: "updated", session: { lastSeenAt: session.lastSeenAt } });
    clock.advance(1);
    const late = await sessions.update(token, { a: 2 });
    expect(late).toMatchObject({ session: { lastSeenAt: new Date(clock.now()), data: { a: 2 } } });
    expect(await sessions.read(token)).toEqual(late.kind === "updated" && late.session);
  });
});

describe("the absolute end", () => {
  test("is never passed, however much the session is used", async () => {
    const clock = createClock();
    const isolate = openSessions(target, { now: clock.now, absoluteSeconds: 7_200 });
    const { token, session } = await isolate.sessions.create({ userId: newUser() });
    let living = token;
    for (const use of ["read", "update", "rotate", "read"] as const) {
      clock.advance(1_799);
      if (use === "read") await isolate.sessions.read(living);
      if (use === "update") await isolate.sessions.update(living, { a: 1 });
      if (use === "rotate") living = (await isolate.sessions.rotate(living))?.token ?? "";
      await isolate.settled();
      const seen = await isolate.sessions.read(living);
      expect(seen?.expiresAt).toEqual(session.expiresAt);
      expect(seen?.idleExpiresAt.getTime()).toBeLessThanOrEqual(session.expiresAt.getTime());
      // Redis keeps it no longer either, counted from this clock's now.
      const [record] = await ttls(living);
      expect(clock.now() + record).toBeLessThanOrEqual(session.expiresAt.getTime());
    }
    clock.advance(4);
    expect(await isolate.sessions.read(living)).toBeNull();
    expect(await isolate.sessions.update(living, { a: 2 })).toEqual({ kind: "gone" });
    expect(await isolate.sessions.rotate(living)).toBeNull();
  });
});

test.each([
  [{ idleSeconds: 0 }],
  [{ absoluteSeconds: -1 }],
  [{ idleSeconds: 10, renewEverySeconds: 10 }],
  [{ renewEverySeconds: Number.NaN }],
  [{ maxFields: 5_000 }],
])("options that cannot be kept (%j) are refused", (options) => {
  expect(() => openSessions(target, options)).toThrow(RangeError);
});
