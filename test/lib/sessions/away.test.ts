import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { RedisUnavailableError } from "../../../lib/errors.ts";
import { createClock } from "../../support/cache.ts";
import {
  startFaultProxy,
  startRedis,
  type FaultMode,
  type FaultProxy,
  type TestRedis,
} from "../../support/redis.ts";
import { newUser, openSessions } from "../../support/sessions.ts";

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
beforeEach(() => {
  proxy.mode = "pass";
});

const behindProxy = () => ({ ...target, url: proxy.url });

describe.each<[FaultMode]>([["refuse"], ["hang"], ["status500"], ["garbage"]])(
  "with a Redis that does %s",
  (mode) => {
    test("every operation says that Redis is away: nobody is signed in, and nobody is signed out", async () => {
      const userId = newUser();
      const { token, session } = await openSessions(target).sessions.create({ userId });
      proxy.mode = mode;
      const { sessions } = openSessions(behindProxy(), { timeoutMs: 100 });
      const operations = [
        () => sessions.read(token),
        () => sessions.create({ userId }),
        () => sessions.update(token, { a: 1 }),
        () => sessions.rotate(token),
        () => sessions.end(token),
        () => sessions.list(userId),
        () => sessions.revoke(userId, session.id),
        () => sessions.revokeAll(userId),
      ];
      for (const operation of operations) await expect(operation()).rejects.toThrow(RedisUnavailableError);
      expect(await openSessions(target).sessions.read(token)).toEqual(session);
    });
  },
);

test("a renewal that fails behind the answer is told, and fails no request", async () => {
  const clock = createClock();
  const { token } = await openSessions(target, { now: clock.now }).sessions.create({ userId: newUser() });
  clock.advance(60);
  const isolate = openSessions(behindProxy(), {
    now: clock.now,
    through: (redis) => ({
      ...redis,
      run: async (script, keys, args) => {
        proxy.mode = "refuse";
        return redis.run(script, keys, args);
      },
    }),
  });
  expect(await isolate.sessions.read(token)).not.toBeNull();
  await isolate.settled();
  expect(isolate.events).toEqual([{ type: "renewal-failed", error: expect.any(RedisUnavailableError) }]);
});

test("a sign-out whose answer was lost has ended the session", async () => {
  const { sessions } = openSessions(target);
  const { token } = await sessions.create({ userId: newUser() });
  await sessions.end((await sessions.create({ userId: newUser() })).token); // So that the script is known.
  proxy.mode = "dropResponse";
  await expect(openSessions(behindProxy()).sessions.end(token)).rejects.toThrow(RedisUnavailableError);
  expect(await sessions.read(token)).toBeNull();
});

test("a rotation whose answer was lost leaves no token that works, and a session its user can end", async () => {
  const { sessions } = openSessions(target);
  const userId = newUser();
  const { token, session } = await sessions.create({ userId });
  await sessions.rotate((await sessions.create({ userId })).token); // So that the script is known.
  proxy.mode = "dropResponse";
  await expect(openSessions(behindProxy()).sessions.rotate(token)).rejects.toThrow(RedisUnavailableError);
  expect(await sessions.read(token)).toBeNull();
  expect(await sessions.revoke(userId, session.id)).toBe(true);
});
