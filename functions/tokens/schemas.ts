// What one-time tokens look like over HTTP.

import * as v from "valibot";
import { body, name } from "../http/validation.ts";

const SUBJECT_RULE = "must be 1 to 256 characters";
const TTL_RULE = "must be a whole number from 1 to 2592000";

const purpose = v.pipe(
  name,
  v.description("What it is for: a token that is tried for another is not found, and not spent."),
);

export const newToken = v.pipe(
  body({
    purpose,
    subject: v.pipe(
      v.string("must be a string"),
      // Half of a surrogate pair has no UTF-8: another text would come back.
      v.regex(/^[^\p{Cs}]{1,256}$/u, SUBJECT_RULE),
      v.description("What who redeems it is told: any text. It is kept as it is."),
    ),
    ttlSeconds: v.pipe(
      v.number(TTL_RULE),
      v.integer(TTL_RULE),
      v.minValue(1, TTL_RULE),
      v.maxValue(2_592_000, TTL_RULE),
      v.description("How long it is good; 30 days at most."),
    ),
  }),
  v.metadata({
    ref: "NewToken",
    examples: [{ purpose: "password-reset", subject: "qT8sU0mZ3vKx1b_E", ttlSeconds: 900 }],
  }),
);

export const redemption = v.pipe(
  body({
    purpose,
    // No other rule: what can be no token is not found.
    token: v.pipe(v.string("must be a string"), v.maxLength(256, "must be at most 256 characters")),
  }),
  v.metadata({
    ref: "TokenRedemption",
    examples: [{ purpose: "password-reset", token: "h1c0tHh4dJXkJvQqEqZyVbNnR8mP2sWfLkT7uYxG3aE" }],
  }),
);

export const issuedToken = v.pipe(
  v.object({
    token: v.pipe(v.string(), v.description("256 random bits. Shown this once.")),
    expiresAt: v.pipe(v.string(), v.isoTimestamp()),
  }),
  v.metadata({
    ref: "IssuedToken",
    examples: [
      { token: "h1c0tHh4dJXkJvQqEqZyVbNnR8mP2sWfLkT7uYxG3aE", expiresAt: "2026-11-01T09:45:00.000Z" },
    ],
  }),
);

export const redeemed = v.pipe(
  v.object({ subject: v.string() }),
  v.metadata({ ref: "RedeemedToken", examples: [{ subject: "qT8sU0mZ3vKx1b_E" }] }),
);
