// Calls of routes, and what all of them refuse.

import { expect, test } from "vitest";
import type { Api } from "./api.ts";
import { KEYS, problemOf, type Harness } from "./harness.ts";

/** A call of a route. */
export interface Call {
  readonly method: string;
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
}

/** Makes a call with the key that has every scope, unless `headers` say otherwise. */
export function call(
  { request }: Pick<Harness, "request">,
  { method, path, body }: Call,
  headers: Record<string, string> = { Authorization: `Bearer ${KEYS.all}` },
): Promise<Response> {
  const hasBody = body !== undefined;
  return request(path, {
    method,
    headers: { ...headers, ...(hasBody && { "Content-Type": "application/json" }) },
    ...(hasBody && { body: JSON.stringify(body) }),
  });
}

export interface ScopedCall extends Call {
  /** What a key must have; where a route needs none, there is none. */
  readonly scope?: string;
}

/** The tests of what every route refuses: callers without the scope, and all while Redis is away that cannot do without it. */
export function testRefusals(api: Api, calls: readonly ScopedCall[]): void {
  test.each(calls.filter(({ scope }) => scope !== undefined))(
    "$method $path needs a key with the scope $scope",
    async (made) => {
      expect((await call(api, made, {})).status).toBe(401);
      const refused = await call(api, made, { Authorization: `Bearer ${KEYS.products}` });
      expect(refused.status).toBe(403);
      expect((await problemOf(refused)).detail).toContain(`${made.scope}.`);
    },
  );

  test.each(["refuse", "hang", "status500", "garbage"] as const)(
    "with a Redis that does %s, every call is a 503 that says when to try again",
    async (mode) => {
      const isolate = api.isolate({ redisTimeoutMs: 100 });
      api.proxy.mode = mode;
      for (const made of calls) {
        const response = await call(isolate, made);
        expect(response.status, `${made.method} ${made.path}`).toBe(503);
        expect(response.headers.get("Retry-After")).toMatch(/^\d+$/);
        expect((await problemOf(response)).type).toMatch(/#redis-unavailable$/);
      }
    },
  );
}
