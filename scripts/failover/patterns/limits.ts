// Rate limits: one that refuses while Redis is away, and one that lets pass.

import { createRateLimiter, type Policy } from "../../../lib/ratelimit/index.ts";
import { countEach, TRIP_MS, type Pattern, type Stage } from "../types.ts";

const CLOSED: Policy = { name: "closed", limit: 100, windowSeconds: 86_400, algorithm: "sliding" };
const OPEN: Policy = { ...CLOSED, name: "open", failure: "open" };

const identifierOf = (label: number): string => `caller-${label}`;

export function limitsPattern({ isolate, patient, prefix }: Stage): Pattern {
  const [closed, open] = [isolate(), isolate()];

  return {
    operations: [
      {
        name: "limits: check, closed",
        boundMs: TRIP_MS,
        run: async (label) => {
          const limiter = createRateLimiter({ redis: closed.open(), prefix });
          const { reason } = await limiter.check([{ policy: CLOSED, identifier: identifierOf(label) }]);
          return reason ?? "acknowledged";
        },
      },
      {
        name: "limits: check, open",
        boundMs: TRIP_MS,
        run: async (label) => {
          const limiter = createRateLimiter({ redis: open.open(), prefix });
          const { reason } = await limiter.check([{ policy: OPEN, identifier: identifierOf(label) }]);
          return reason === undefined ? "acknowledged" : "fell through";
        },
      },
    ],
    effects: [
      {
        name: "limits: counted",
        of: "limits: check, closed",
        counts: (labels) =>
          countEach(labels, async (label) => {
            const limiter = createRateLimiter({ redis: patient, prefix, timeoutMs: 10_000 });
            const { limits, reason } = await limiter.check([
              { policy: CLOSED, identifier: identifierOf(label), cost: 0 },
            ]);
            if (reason !== undefined) throw new Error("A limit cannot be read when all is over");
            return CLOSED.limit - (limits[0]?.remaining ?? 0);
          }),
      },
    ],
  };
}
