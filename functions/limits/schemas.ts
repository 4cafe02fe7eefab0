// What limits look like over HTTP.

import * as v from "valibot";
import { MAX_LIMIT, MAX_LIMITS_PER_CHECK, MAX_WINDOW_SECONDS } from "../../lib/ratelimit/index.ts";
import { boundedList } from "../http/bounded-list.ts";
import { body } from "../http/validation.ts";
import { POLICY_NAMES } from "../policies.ts";

/** A token bucket is exact up to here. */
const MAX_TOKENS_TIMES_SECONDS = 4_500_000_000_000;

const COUNT_RULE = `must be a whole number from 1 to ${MAX_LIMIT}`;
const COST_RULE = `must be a whole number from 0 to ${MAX_LIMIT}`;
const WINDOW_RULE = `must be a whole number from 1 to ${MAX_WINDOW_SECONDS}`;
const IDENTIFIER_RULE = "must be 1 to 256 characters";

const whole = (rule: string, least: number, most: number) =>
  v.pipe(v.number(rule), v.integer(rule), v.minValue(least, rule), v.maxValue(most, rule));

const policy = v.pipe(
  v.picklist(POLICY_NAMES, "must be the name of a policy of this service"),
  v.description("A policy of this service: its own counts, which its own calls take from."),
);

const name = v.pipe(
  v.string("must be a string"),
  v.regex(/^[A-Za-z0-9._~:@-]{1,120}$/, "must be 1 to 120 of the characters A-Z a-z 0-9 . _ ~ : @ -"),
  v.description("Of your own choice. It shares nothing with a policy that is called the same."),
);

const identifier = v.pipe(
  v.string("must be a string"),
  v.minLength(1, IDENTIFIER_RULE),
  v.maxLength(256, IDENTIFIER_RULE),
  v.regex(/^\P{Cs}*$/u, IDENTIFIER_RULE),
  v.description("Who: an address, a user, anything. It is readable in Redis."),
);

const cost = v.exactOptional(
  v.pipe(
    whole(COST_RULE, 0, MAX_LIMIT),
    v.description("How much this call takes: 1 where it is not given. 0 looks without taking."),
  ),
);

/** A limit has a policy or a name, never both. */
const noPolicy = v.exactOptional(v.never());
const eitherRule = ({ expected }: { expected: string | null }) =>
  expected === "Object" ? "must be an object" : "must be the name of a policy of this service";

const named = v.pipe(
  body({ policy, identifier, cost }),
  v.metadata({ ref: "NamedLimit", examples: [{ policy: "public", identifier: "203.0.113.7", cost: 0 }] }),
);

const custom = v.pipe(
  body({
    policy: noPolicy,
    name,
    limit: v.pipe(whole(COUNT_RULE, 1, MAX_LIMIT), v.description("How much may pass in a window.")),
    windowSeconds: whole(WINDOW_RULE, 1, MAX_WINDOW_SECONDS),
    algorithm: v.picklist(["fixed", "sliding", "token-bucket"], "must be fixed, sliding or token-bucket"),
    identifier,
    cost,
    failure: v.exactOptional(
      v.pipe(
        v.picklist(["open", "closed"], "must be open or closed"),
        v.description("Whether calls pass while Redis is away: `closed` where it is not given."),
      ),
    ),
  }),
  v.check(
    ({ algorithm, limit, windowSeconds }) =>
      algorithm !== "token-bucket" || limit * windowSeconds <= MAX_TOKENS_TIMES_SECONDS,
    `must have a limit times windowSeconds of at most ${MAX_TOKENS_TIMES_SECONDS}, as a token bucket`,
  ),
  v.metadata({
    ref: "CustomLimit",
    examples: [
      { name: "exports", limit: 5, windowSeconds: 3_600, algorithm: "sliding", identifier: "user:7" },
    ],
  }),
);

export const limitsToCheck = v.pipe(
  body({
    limits: boundedList(v.variant("policy", [named, custom], eitherRule), MAX_LIMITS_PER_CHECK),
  }),
  v.metadata({
    ref: "LimitsToCheck",
    examples: [
      {
        limits: [
          { name: "exports", limit: 5, windowSeconds: 3_600, algorithm: "sliding", identifier: "user:7" },
        ],
      },
    ],
  }),
);
export type LimitToCheck = v.InferOutput<typeof limitsToCheck>["limits"][number];

export const limitToReset = v.pipe(
  v.variant(
    "policy",
    [body({ policy, identifier }), body({ policy: noPolicy, name, identifier })],
    eitherRule,
  ),
  v.metadata({ ref: "LimitToReset", examples: [{ name: "exports", identifier: "user:7" }] }),
);
export type LimitToReset = v.InferOutput<typeof limitToReset>;

export const decision = v.pipe(
  v.object({
    success: v.pipe(
      v.boolean(),
      v.description("Whether the call may pass. Where not, nothing was taken from any of the limits."),
    ),
    reason: v.exactOptional(
      v.pipe(
        v.literal("unavailable"),
        v.description("Redis is away: `success` is what the policies' `failure` says."),
      ),
    ),
    limits: v.pipe(
      v.array(
        v.object({
          policy: v.exactOptional(v.picklist(POLICY_NAMES)),
          name: v.exactOptional(v.string()),
          limit: v.pipe(v.number(), v.integer()),
          remaining: v.pipe(v.number(), v.integer(), v.description("What is left after this call.")),
          resetAt: v.pipe(
            v.string(),
            v.isoTimestamp(),
            v.description(
              "`fixed`: the window's end. Else when there will be more; where this limit refused, when the call would fit.",
            ),
          ),
          success: v.pipe(v.boolean(), v.description("Whether this limit lets the call pass.")),
        }),
      ),
      v.description("In the order asked. Each has its `policy` or its `name`."),
    ),
  }),
  v.metadata({
    ref: "LimitsDecision",
    examples: [
      {
        success: true,
        limits: [
          { name: "exports", limit: 5, remaining: 4, resetAt: "2026-11-02T10:30:00.000Z", success: true },
        ],
      },
    ],
  }),
);
