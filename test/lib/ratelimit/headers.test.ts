import { expect, test } from "vitest";
import { rateLimitHeaders, type LimitResult } from "../../../lib/ratelimit/index.ts";

const result = (name: string, more: Partial<LimitResult>): LimitResult => ({
  name,
  limit: 100,
  windowSeconds: 60,
  remaining: 50,
  resetAt: 0,
  resetSeconds: 30,
  success: true,
  shadowed: false,
  ...more,
});

test("an answer that passes tells each policy, what is left, and when there is more", () => {
  const limits = [
    result("default", {}),
    result("user", { limit: 5, windowSeconds: 3_600, remaining: 4, resetSeconds: 12 }),
  ];
  expect(rateLimitHeaders({ success: true, limits })).toEqual({
    "RateLimit-Policy": '"default";q=100;w=60, "user";q=5;w=3600',
    RateLimit: '"default";r=50;t=30, "user";r=4;t=12',
  });
});

test("a refusal tells what refused, and Retry-After is before none of its times", () => {
  const limits = [
    result("ip", { resetSeconds: 59 }),
    result("email", { remaining: 0, resetSeconds: 30, success: false }),
    result("user", { remaining: 1, resetSeconds: 40, success: false }),
  ];
  expect(rateLimitHeaders({ success: false, limits })).toEqual({
    "RateLimit-Policy": '"ip";q=100;w=60, "email";q=100;w=60, "user";q=100;w=60',
    RateLimit: '"email";r=0;t=30, "user";r=1;t=40',
    "Retry-After": "40",
  });
});

test("Retry-After is never now", () => {
  const limits = [result("ip", { resetSeconds: 0, success: false })];
  expect(rateLimitHeaders({ success: false, limits })["Retry-After"]).toBe("1");
});
