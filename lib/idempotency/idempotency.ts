// A call that comes again answers what it answered first.

import { sha256Hex } from "../digest.ts";
import { checkName, slot } from "../keys.ts";
import { randomId } from "../random.ts";
import { ABANDON, BEGIN, FINISH } from "./scripts.ts";
import type { Begun, Idempotency, IdempotencyOptions, KeptAnswer } from "./types.ts";

/** Looks at a running call come this far apart: the first soon, since most calls are quick. */
const FIRST_LOOK_MS = 50;
const LOOKS_AT_MOST_APART_MS = 400;

type Reply = ["first"] | ["repeat", string] | ["other-request"] | ["running"];

/**
 * Remembers answers under the keys their callers chose.
 *
 * A call holds a lease with a fence while it runs: its repeats wait, and once the lease is over (the call was killed, or
 * too slow) one of them runs instead, and the first can no longer leave an answer. What a killed call has done by
 * then is not undone: it is at least once there, exactly once everywhere else.
 */
export function createIdempotency({
  redis,
  prefix = "sedge",
  keepSeconds = 86_400,
  leaseSeconds = 30,
  waitMs = 5_000,
  waitUntil,
  now = Date.now,
  sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
}: IdempotencyOptions): Idempotency {
  checkName(prefix, "prefix");
  const keepMs = keepSeconds * 1_000;

  return {
    async begin(scope, request) {
      const [id, fingerprint] = await Promise.all([sha256Hex(JSON.stringify(scope)), sha256Hex(request)]);
      const record = `${prefix}:idempotency:${slot(id)}`;
      const keys = [record, `${record}:lease`];
      const fence = randomId();

      async function abandon(): Promise<void> {
        await redis.run(ABANDON, keys, [fence]);
      }

      async function look(): Promise<Reply> {
        try {
          return await redis.run<Reply>(BEGIN, keys, [fingerprint, fence, leaseSeconds * 1_000, keepMs]);
        } catch (error) {
          // It may have come to pass all the same: then the next try shall not have to wait for the lease's end.
          const givenBack = abandon().catch(() => undefined);
          waitUntil?.(givenBack);
          throw error;
        }
      }

      const first = (): Begun => ({
        kind: "first",
        finish: async (answer) =>
          (await redis.run<number>(FINISH, keys, [fence, JSON.stringify(answer), keepMs])) === 1,
        abandon,
      });

      const until = now() + waitMs;
      for (let apart = FIRST_LOOK_MS; ; apart = Math.min(2 * apart, LOOKS_AT_MOST_APART_MS)) {
        const [kind, answer] = await look();
        if (kind === "first") return first();
        if (kind === "repeat") return { kind, answer: JSON.parse(answer) as KeptAnswer };
        if (kind === "other-request") return { kind };
        const left = until - now();
        if (left <= 0) return { kind: "still-running" };
        await sleep(Math.min(apart, left));
      }
    },
  };
}
