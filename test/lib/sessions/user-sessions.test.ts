import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createClock } from "../../support/cache.ts";
import { startRedis, type TestRedis } from "../../support/redis.ts";
import { keysOf, newUser, openSessions } from "../../support/sessions.ts";

let target: TestRedis;
beforeAll(async () => {
  target = await startRedis();
});
afterAll(() => target.close());

/** The ids in a user's index, as Redis has them. */
const indexed = (token: string) =>
  openSessions(target).redis.send<string[]>((p) => p.zrange(keysOf(token, target.prefix).index, 0, -1));

describe("a user's list", () => {
  test("shows each living session, the last used first, and which one asks", async () => {
    const clock = createClock();
    const isolate = openSessions(target, { now: clock.now });
    const { sessions } = isolate;
    const userId = newUser();
    const phone = await sessions.create({ userId, ip: "192.0.2.1", userAgent: "Phone/1.0" });
    clock.advance(60);
    const laptop = await sessions.create({ userId });
    clock.advance(60);
    await sessions.read(phone.token);
    await isolate.settled();

    expect(await sessions.list(userId, laptop.session.id)).toEqual([
      {
        id: phone.session.id,
        current: false,
        createdAt: phone.session.createdAt,
        lastSeenAt: new Date(clock.now()),
        ip: "192.0.2.1",
        userAgent: "Phone/1.0",
      },
      {
        id: laptop.session.id,
        current: true,
        createdAt: laptop.session.createdAt,
        lastSeenAt: laptop.session.createdAt,
        ip: null,
        userAgent: null,
      },
    ]);
  });

  test("holds no token, nor anything that opens a session", async () => {
    const { sessions } = openSessions(target);
    const userId = newUser();
    const { token } = await sessions.create({ userId, ip: "::1" });
    const [item] = await sessions.list(userId);
    const secret = token.slice(-43);
    expect(JSON.stringify(item)).not.toContain(secret);
    expect(await sessions.read(token.replace(secret, "A".repeat(43)))).toBeNull();
  });

  test("shows nothing of another user, and is empty for one who never signed in", async () => {
    const { sessions } = openSessions(target);
    await sessions.create({ userId: newUser() });
    expect(await sessions.list(newUser())).toEqual([]);
  });

  test("cuts what a browser says of itself at a bound", async () => {
    const { sessions } = openSessions(target);
    const userId = newUser();
    await sessions.create({ userId, ip: "1".repeat(1_000), userAgent: "x".repeat(10_000) });
    expect(await sessions.list(userId)).toMatchObject([{ ip: "1".repeat(64), userAgent: "x".repeat(256) }]);
  });
});

describe("the index of a user's sessions", () => {
  test("forgets those that have ended by themselves, when it is read and when somebody signs in", async () => {
    const clock = createClock();
    const { sessions } = openSessions(target, { now: clock.now });
    const userId = newUser();
    const old = await sessions.create({ userId });
    clock.advance(1_800);
    const middle = await sessions.create({ userId });
    clock.advance(1_800);
    expect(await sessions.list(userId)).toMatchObject([{ id: middle.session.id }]);
    expect(await indexed(old.token)).toEqual([middle.session.id]);
    clock.advance(1_800);
    const last = await sessions.create({ userId });
    expect(await indexed(old.token)).toEqual([last.session.id]);
  });

  test("keeps a session that is used, as long as it is", async () => {
    const clock = createClock();
    const isolate = openSessions(target, { now: clock.now });
    const userId = newUser();
    const { token, session } = await isolate.sessions.create({ userId });
    for (let i = 0; i < 4; i += 1) {
      clock.advance(3_000);
      await isolate.sessions.read(token);
      await isolate.settled();
    }
    await isolate.sessions.create({ userId });
    expect(await indexed(token)).toContain(session.id);
    expect(await isolate.sessions.revokeAll(userId)).toBe(2);
    expect(await isolate.sessions.read(token)).toBeNull();
  });

  test("shows no session whose record Redis has lost", async () => {
    const { sessions, redis } = openSessions(target);
    const userId = newUser();
    const { token } = await sessions.create({ userId });
    const kept = await sessions.create({ userId });
    await redis.send((p) => p.del(keysOf(token, target.prefix).record));
    expect(await sessions.list(userId)).toMatchObject([{ id: kept.session.id }]);
  });

  test("that Redis has lost knows a session again from its next renewal on", async () => {
    const clock = createClock();
    const isolate = openSessions(target, { now: clock.now });
    const userId = newUser();
    const { token, session } = await isolate.sessions.create({ userId });
    await isolate.redis.send((p) => p.del(keysOf(token, target.prefix).index));
    expect(await isolate.sessions.list(userId)).toEqual([]);
    clock.advance(10);
    await isolate.sessions.read(token);
    await isolate.settled();
    expect(await isolate.sessions.list(userId)).toMatchObject([{ id: session.id }]);
  });
});

describe("revoking", () => {
  test("ends one session by its id, over rotations too, and no other", async () => {
    const { sessions } = openSessions(target);
    const userId = newUser();
    const lost = await sessions.create({ userId });
    const kept = await sessions.create({ userId });
    const rotated = await sessions.rotate(lost.token);
    expect(await sessions.revoke(userId, lost.session.id)).toBe(true);
    expect(await sessions.read(rotated?.token ?? "")).toBeNull();
    expect(await sessions.read(kept.token)).not.toBeNull();
    expect(await sessions.list(userId)).toMatchObject([{ id: kept.session.id }]);
    expect(await sessions.revoke(userId, lost.session.id)).toBe(false);
  });

  test("does not reach another user's session, nor what is no id", async () => {
    const { sessions, redis } = openSessions(target);
    const { token, session } = await sessions.create({ userId: newUser() });
    expect(await sessions.revoke(newUser(), session.id)).toBe(false);
    expect(await sessions.read(token)).not.toBeNull();
    const { requests } = redis.meter;
    expect(await sessions.revoke(newUser(), "../x")).toBe(false);
    expect(redis.meter.requests).toBe(requests);
  });

  test("ends all others and keeps the one that asks, with a new token too", async () => {
    const { sessions } = openSessions(target);
    const userId = newUser();
    const mine = await sessions.create({ userId });
    const others = await Promise.all([sessions.create({ userId }), sessions.create({ userId })]);
    const rotated = await sessions.rotate(mine.token);
    expect(await sessions.revokeAll(userId, { except: mine.session.id })).toBe(2);
    for (const { token } of others) expect(await sessions.read(token)).toBeNull();
    expect(await sessions.read(rotated?.token ?? "")).not.toBeNull();
    expect(await sessions.list(userId)).toHaveLength(1);
  });

  test("ends them all, however many, and leaves nothing in Redis", async () => {
    const { sessions, redis } = openSessions(target);
    const userId = newUser();
    const tokens: string[] = [];
    // One script ends 500 of them.
    while (tokens.length < 510) {
      const some = await Promise.all(Array.from({ length: 30 }, () => sessions.create({ userId })));
      tokens.push(...some.map(({ token }) => token));
    }
    expect(await sessions.list(userId)).toHaveLength(510);
    await sessions.revoke(userId, "x".repeat(16)); // So that the script is known.
    const { trips } = redis.meter;
    expect(await sessions.revokeAll(userId)).toBe(510);
    expect(redis.meter.trips - trips).toBe(2);
    const keys = tokens.map((token) => keysOf(token, target.prefix));
    const left = await redis.send<number>((p) =>
      p.exists(...keys.map(({ record }) => record), keys[0]?.index ?? ""),
    );
    expect(left).toBe(0);
    expect(await sessions.revokeAll(userId)).toBe(0);
  });
});
