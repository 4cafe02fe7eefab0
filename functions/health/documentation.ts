// The routes of health, for /openapi.json.

import * as v from "valibot";
import { answer, problems, type Documentation } from "../http/openapi.ts";

const tags = ["Operations"];

const healthy = v.pipe(
  v.object({
    status: v.literal("ok"),
    version: v.pipe(v.string(), v.description("The deployed version's id.")),
  }),
  v.metadata({ ref: "Health", examples: [{ status: "ok", version: "6c1f…" }] }),
);

const ready = v.pipe(
  v.object({
    status: v.literal("ok"),
    redis: v.literal("ok"),
    database: v.literal("ok"),
    scheduled: v.picklist(["ok", "never"]),
    lastScheduledRunAgeSeconds: v.nullable(v.pipe(v.number(), v.integer())),
  }),
  v.metadata({
    ref: "Readiness",
    examples: [
      { status: "ok", redis: "ok", database: "ok", scheduled: "ok", lastScheduledRunAgeSeconds: 42 },
    ],
  }),
);

export const documentation: Documentation = {
  "GET /healthz": {
    tags,
    operationId: "getHealth",
    summary: "Whether the Worker lives",
    responses: { 200: answer("It does.", healthy) },
  },
  "GET /readyz": {
    tags,
    operationId: "getReadiness",
    summary: "Whether Redis and D1 answer",
    description:
      "503 where one of them does not within a second, where the scheduled function has last run more than five minutes " +
      "ago (`scheduled` is `late`), or where a variable cannot be used (`configuration` says which). Where it has never " +
      "run, as right after the first deployment, the age is null, and that is no fault.",
    responses: { 200: answer("They do.", ready), ...problems("not-ready") },
  },
};
