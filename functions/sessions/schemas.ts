// What a session looks like over HTTP.

import * as v from "valibot";
import type { Session, SessionSummary } from "../../lib/sessions/index.ts";
import { jsonObject } from "../http/json-object.ts";
import { isWithin, MAX_LEVELS } from "../http/nesting.ts";
import { body, name } from "../http/validation.ts";

export const credentials = v.pipe(
  body({
    email: v.pipe(
      v.string("must be a string"),
      v.trim(),
      v.toLowerCase(),
      v.maxLength(254, "must be at most 254 characters"),
    ),
    // No other rule: what can be nobody's password is a wrong one.
    password: v.pipe(
      v.string("must be a string"),
      v.regex(/^[^]{0,200}$/u, "must be at most 200 characters"),
    ),
  }),
  v.metadata({
    ref: "Credentials",
    examples: [{ email: "ada@example.com", password: "correct horse battery" }],
  }),
);

const fields = v.pipe(
  jsonObject,
  v.check(
    (data) => Object.values(data).every((value) => isWithin(MAX_LEVELS, value)),
    `has a field that is more than ${MAX_LEVELS} levels deep`,
  ),
  v.metadata({ type: "object", additionalProperties: true }),
  v.description(
    "Merged field by field; null removes a field. All fields together: at most 128, with names of 1 to 128 characters, and 32 KiB, each at most 32 levels deep.",
  ),
);

export const sessionChanges = v.pipe(
  body({ data: fields }),
  v.metadata({ ref: "SessionChanges", examples: [{ data: { theme: "dark", cart: [7, 9] } }] }),
);

const time = v.pipe(v.string(), v.isoTimestamp());

export const session = v.pipe(
  v.object({
    user: v.object({ id: v.string(), name: v.string() }),
    data: v.record(v.string(), v.unknown()),
    createdAt: time,
    idleExpiresAt: v.pipe(time, v.description("When it ends unless it is used.")),
    expiresAt: v.pipe(time, v.description("When it ends in any case.")),
  }),
  v.metadata({
    ref: "Session",
    examples: [
      {
        user: { id: "qT8sU0mZ3vKx1b_E", name: "Ada Lovelace" },
        data: { theme: "dark" },
        createdAt: "2026-11-02T09:30:00.000Z",
        idleExpiresAt: "2026-11-02T10:30:00.000Z",
        expiresAt: "2026-12-02T09:30:00.000Z",
      },
    ],
  }),
);

export const sessionList = v.pipe(
  v.object({
    items: v.array(
      v.object({
        id: v.pipe(v.string(), v.description("Names the session to its user. No secret.")),
        current: v.pipe(v.boolean(), v.description("Whether it is the one that asks.")),
        createdAt: time,
        lastSeenAt: v.pipe(time, v.description("To about 10 seconds.")),
        ip: v.nullable(v.string()),
        userAgent: v.pipe(v.nullable(v.string()), v.description("Its first 256 characters.")),
      }),
    ),
  }),
  v.metadata({
    ref: "SessionList",
    examples: [
      {
        items: [
          {
            id: "Lk2vT6yN0aWq",
            current: true,
            createdAt: "2026-11-02T09:30:00.000Z",
            lastSeenAt: "2026-11-02T09:41:10.000Z",
            ip: "203.0.113.7",
            userAgent: "Mozilla/5.0",
          },
        ],
      },
    ],
  }),
);

export const sessionId = v.object({
  id: v.pipe(name, v.description("The id of one of your sessions."), v.examples(["Lk2vT6yN0aWq"])),
});

/** Strict: a parameter that is misspelt would end more sessions than were meant. */
export const which = v.strictObject(
  {
    others: v.exactOptional(
      v.pipe(v.picklist(["true"], "must be true"), v.description("All but the one that asks.")),
    ),
  },
  ({ expected }) => (expected === "never" ? "is not a parameter here" : "must be an object"),
);

/** A session as its user sees it. */
export function presented({ userId, claims, data, createdAt, idleExpiresAt, expiresAt }: Session) {
  return {
    user: { id: userId, name: typeof claims["name"] === "string" ? claims["name"] : "" },
    data,
    createdAt: createdAt.toISOString(),
    idleExpiresAt: idleExpiresAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  };
}

/** A session in its user's list. */
export function summarized({ id, current, createdAt, lastSeenAt, ip, userAgent }: SessionSummary) {
  return {
    id,
    current,
    createdAt: createdAt.toISOString(),
    lastSeenAt: lastSeenAt.toISOString(),
    ip,
    userAgent,
  };
}
