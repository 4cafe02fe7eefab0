// What every operation costs, counted on the wire and inside Redis, against what its documentation states.
// The tables in docs/costs.md are written by this test (`npm test -- test/costs.test.ts -u`).

import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createCache } from "../lib/cache/index.ts";
import { createCounters } from "../lib/counters/index.ts";
import { createConfigs } from "../lib/hashes/index.ts";
import { createIdempotency } from "../lib/idempotency/index.ts";
import { createLeaderboards } from "../lib/leaderboards/index.ts";
import { createHistory, createQueues } from "../lib/lists/index.ts";
import { createSessions } from "../lib/sessions/index.ts";
import { createTokens } from "../lib/tokens/index.ts";
import { CACHE_COSTS } from "./costs/cache.ts";
import { CONFIG } from "./costs/config.ts";
import { COUNTERS } from "./costs/counters.ts";
import { HISTORY } from "./costs/history.ts";
import { IDEMPOTENCY_COSTS } from "./costs/idempotency.ts";
import { LEADERBOARDS } from "./costs/leaderboards.ts";
import { DISPATCHING, openDispatching } from "./costs/dispatch.ts";
import { openPubSub, PUBSUB } from "./costs/pubsub.ts";
import { QUEUE_COSTS } from "./costs/queues.ts";
import { openRateLimiter, RATELIMIT } from "./costs/ratelimit.ts";
import { SESSION_COSTS } from "./costs/sessions.ts";
import { openSets, SETS } from "./costs/sets.ts";
import { TOKENS } from "./costs/tokens.ts";
import { startCostMeter, type CostContext, type CostMeter, type CostRow } from "./support/costs.ts";

let meter: CostMeter;
beforeAll(async () => {
  // A command whose keys lie on several nodes of a Cluster is one to its caller, and several to who counts on the nodes: there
  // the embedded engine is counted on.
  if (process.env["REDIS_URL"]?.includes("+cluster://")) vi.stubEnv("REDIS_URL", "");
  meter = await startCostMeter();
});
afterAll(() => meter.close());

interface Section {
  title: string;
  readonly lines: () => Promise<string[]>;
}

function section<P, B, O>(
  title: string,
  rows: readonly CostRow<P, B, O>[],
  open: (context: CostContext<O>) => P,
): Section {
  return {
    title,
    lines: async () => {
      const lines: string[] = [];
      for (const row of rows) {
        const { operation, trips, commands } = row;
        const measured = await meter.measure(row, open);
        expect(measured.trips, operation).toBeLessThanOrEqual(trips);
        expect(measured.requests, operation).toBe(measured.trips);
        expect(measured.commands, operation).toBeLessThanOrEqual(commands);
        // What Server-Timing tells a user is never less than what is billed.
        expect(measured.metered, operation).toBeGreaterThanOrEqual(measured.commands);
        expect(measured.metered, operation).toBeLessThanOrEqual(commands);
        lines.push(`| ${operation} | ${trips} | ${commands} | ${measured.trips} | ${measured.commands} |`);
      }
      return lines;
    },
  };
}

const SECTIONS = [
  section("Cache", CACHE_COSTS, ({ options, ...context }) =>
    createCache({ ...context, ...options, jitter: 0, earlyRefresh: 0 }),
  ),
  section("Idempotent calls", IDEMPOTENCY_COSTS, createIdempotency),
  section("Sessions", SESSION_COSTS, createSessions),
  section("Rate limits", RATELIMIT, ({ redis, prefix }) => openRateLimiter(redis, prefix)),
  section("Counters", COUNTERS, createCounters),
  section("Leaderboards", LEADERBOARDS, ({ options, ...context }) =>
    createLeaderboards({ ...context, ...options }),
  ),
  section("Sets", SETS, openSets),
  section("Pub/sub", PUBSUB, openPubSub),
  section("Subscriptions and dispatch", DISPATCHING, openDispatching),
  section("History", HISTORY, createHistory),
  section("Queues", QUEUE_COSTS, ({ redis, prefix, now }) => createQueues({ redis, prefix, redisNow: now })),
  section("Config", CONFIG, createConfigs),
  section("One-time tokens", TOKENS, createTokens),
];

test("no operation costs more than it states, and docs/costs.md says so", { timeout: 60_000 }, async () => {
  const parts: string[] = [INTRODUCTION];
  for (const { title, lines } of SECTIONS)
    parts.push(`## ${title}\n\n${HEAD}\n${(await lines()).join("\n")}\n`);
  parts.push(REMARKS);
  await expect(parts.join("\n")).toMatchFileSnapshot("../docs/costs.md");
});

const INTRODUCTION = `# What it costs

Written by \`test/costs.test.ts\`, which runs each operation, counts the requests on the wire and the commands inside Redis, and
fails where either is more than stated. \`npm test -- test/costs.test.ts -u\` writes it anew.

A *trip* is one wait for Redis; what is sent in the same tick goes in one. A *command* is one as Upstash bills it: each
one of a pipeline, and a script as itself and every command it calls. The first run of a script on a Redis that does not
know it costs one trip and one command more. TIME, which names no key, is stated and not seen by the count.
`;

const HEAD = `| operation | trips, at most | commands, at most | trips, measured | commands, measured |
| --- | --- | --- | --- | --- |`;

const REMARKS = `## What depends on others

Waiting for another's load of a cache entry costs 2 trips and 6 commands, and 1 trip and 1 command for each look: the first
after 15 ms, each next one after 1.6 times as long, at most every 250 ms, for 3 s in all.
A step of \`deletePattern\` looks at about 10,000 keys in at most 11 trips and 30 commands.
A \`receive\` that waits looks 24 times in 20 s, for 1 trip and 5 commands each while there is no message.
A live viewer costs an \`end\` (or a \`read\`, where it resumes), a subscription, which is one command, and a \`read\`; then nothing for an
event, and a \`read\` for each minute without one. Where Redis has no Pub/Sub it costs a \`read\` every 250 ms to 2 s.
A repeat of an idempotent call that still runs looks at it at most 16 times in 5 s, for 1 trip and 3 commands each.
`;
