// One-time tokens: issued, and redeemed once.

import { createTokens } from "../../../lib/tokens/index.ts";
import { countEach, TRIP_MS, type Label, type Pattern, type Stage } from "../types.ts";

const TTL_SECONDS = 3_600;

export function tokensPattern({ isolate, patient, prefix, most }: Stage): Pattern {
  const [issuer, redeemer] = [isolate(), isolate()];
  const calm = createTokens({ redis: patient, prefix });
  const issued = new Map<Label, string>();
  const toRedeem: string[] = [];

  return {
    prepare: async () => {
      const subjects = Array.from({ length: most }, (_, i) => `${i}`);
      const all = await Promise.all(subjects.map((subject) => calm.issue("redeem", subject, TTL_SECONDS)));
      toRedeem.push(...all.map(({ token }) => token));
    },
    operations: [
      {
        name: "tokens: issue",
        boundMs: TRIP_MS,
        run: async (label) => {
          const tokens = createTokens({ redis: issuer.open(), prefix });
          issued.set(label, (await tokens.issue("issue", `${label}`, TTL_SECONDS)).token);
          return "acknowledged";
        },
      },
      {
        name: "tokens: redeem",
        boundMs: TRIP_MS,
        run: async (label) => {
          const token = toRedeem[label];
          if (token === undefined) return null;
          const subject = await createTokens({ redis: redeemer.open(), prefix }).redeem("redeem", token);
          return subject === `${label}` ? "acknowledged" : "no such token";
        },
      },
    ],
    effects: [
      {
        // Nobody has the token of an issue that was not answered.
        name: "tokens: issued, and good",
        of: "tokens: issue",
        counts: (labels) =>
          countEach(labels, async (label) => {
            const token = issued.get(label);
            return token !== undefined && (await calm.redeem("issue", token)) === `${label}` ? 1 : 0;
          }),
      },
      {
        name: "tokens: redeemed, and spent",
        of: "tokens: redeem",
        counts: (labels) =>
          countEach(labels, async (label) =>
            (await calm.redeem("redeem", toRedeem[label] ?? "")) === null ? 1 : 0,
          ),
      },
    ],
  };
}
