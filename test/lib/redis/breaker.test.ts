import { expect, test } from "vitest";
import { createBreaker } from "../../../lib/redis/index.ts";
import { createClock } from "../../support/cache.ts";

test("three failures in a row open it; a success in between starts the count anew", () => {
  const clock = createClock();
  const breaker = createBreaker({ now: () => clock.now() });
  breaker.failed();
  breaker.failed();
  breaker.succeeded();
  breaker.failed();
  breaker.failed();
  expect(breaker.allows()).toBe(true);
  breaker.failed();
  expect(breaker.allows()).toBe(false);
});

test("while open, one request a second finds out whether Redis is back", () => {
  const clock = createClock();
  const breaker = createBreaker({ now: () => clock.now() });
  for (let i = 0; i < 3; i += 1) breaker.failed();
  clock.advance(0.999);
  expect(breaker.allows()).toBe(false);
  clock.advance(0.001);
  expect([breaker.allows(), breaker.allows(), breaker.allows()]).toEqual([true, false, false]);
  breaker.failed();
  clock.advance(0.999);
  expect(breaker.allows()).toBe(false);
  clock.advance(0.001);
  expect(breaker.allows()).toBe(true);
  breaker.succeeded();
  expect([breaker.allows(), breaker.allows()]).toEqual([true, true]);
});

test("a probe that never comes back does not keep it shut", () => {
  const clock = createClock();
  const breaker = createBreaker({ now: () => clock.now() });
  for (let i = 0; i < 3; i += 1) breaker.failed();
  clock.advance(1);
  expect(breaker.allows()).toBe(true);
  clock.advance(1);
  expect(breaker.allows()).toBe(true);
});
