// What a check costs: allowed, denied, three at once, and with the isolate's own memory on.

import type { Bench } from "../harness/bench.ts";
import { compare, type Contestant } from "../harness/compare.ts";
import type { Table } from "../harness/table.ts";
import { createClient, expectStatus, LONG_SECONDS, type Contender, type Limit } from "./contender.ts";
import { flexible } from "./flexible.ts";
import { honoRateLimiter } from "./hono-rate-limiter.ts";
import { sedge } from "./sedge.ts";
import { upstashRatelimit } from "./upstash.ts";

type List<T> = readonly [T, ...T[]];

interface Scenario {
  readonly title: string;
  readonly note: string;
  readonly contenders: List<Contender>;
  readonly limits: readonly Limit[];
  readonly status: 200 | 429;
  /** Calls in one run, one after the other. 1. */
  readonly calls?: number;
  readonly rounds?: readonly [number, number, number];
}

const FIXED: List<Contender> = [sedge({ name: "Sedge" }), upstashRatelimit(), honoRateLimiter(), flexible()];
const SLIDING: List<Contender> = [sedge({ name: "Sedge" }), upstashRatelimit()];

const WIDE: Limit = { name: "wide", limit: 1_000_000, windowSeconds: LONG_SECONDS, algorithm: "fixed" };
const SPENT: Limit = { ...WIDE, name: "spent", limit: 1 };
const THREE: readonly Limit[] = [
  { ...WIDE, name: "ip" },
  { ...WIDE, name: "user" },
  { ...WIDE, name: "key" },
];

/** So short that each of the 60 parts that Sedge counts a window in comes to be used. */
const WIDE_SLIDING: Limit = { ...WIDE, name: "wide-sliding", algorithm: "sliding", windowSeconds: 6 };
const SPENT_SLIDING: Limit = { ...SPENT, name: "spent-sliding", algorithm: "sliding" };

const ONLY_TWO = "The other two have no sliding window.";
const MANY = { calls: 50, rounds: [8, 3, 1] } as const;

const SCENARIOS: readonly Scenario[] = [
  {
    title: "Allowed, fixed window",
    note: "All without memory of their own in the isolate.",
    contenders: FIXED,
    limits: [WIDE],
    status: 200,
  },
  {
    title: "Allowed, sliding window",
    note: ONLY_TWO,
    contenders: SLIDING,
    limits: [WIDE_SLIDING],
    status: 200,
  },
  {
    title: "Denied, fixed window",
    note: "All without memory of their own in the isolate.",
    contenders: FIXED,
    limits: [SPENT],
    status: 429,
  },
  {
    title: "Denied, sliding window",
    note: ONLY_TWO,
    contenders: SLIDING,
    limits: [SPENT_SLIDING],
    status: 429,
  },
  {
    title: "Three limits at once (address, user, key), fixed windows",
    note:
      "Sedge checks them in one script, all or nothing. @upstash/ratelimit is asked three times in parallel, " +
      "rate-limiter-flexible by its RateLimiterUnion; hono-rate-limiter is three middlewares, one behind the other.",
    contenders: FIXED,
    limits: THREE,
    status: 200,
  },
  {
    title: "50 calls allowed, one after the other, the isolate's own memory on",
    note: "The other two remember only who was refused. How exact these are stands below.",
    contenders: [
      sedge({ name: "Sedge, permits in advance", permits: 1_000 }),
      upstashRatelimit({ told: ", cachedFixedWindow", isCached: true }),
    ],
    limits: [{ ...WIDE, name: "wide-memory" }],
    status: 200,
    ...MANY,
  },
  {
    title: "50 calls denied, one after the other, the isolate's own memory on",
    note: "All three remember who was refused: Sedge for 2 s at most, then a call asks Redis again, which falls before these 50; the others until the window ends.",
    contenders: [
      sedge({ name: "Sedge, permits in advance", permits: 1_000 }),
      upstashRatelimit({ told: ", ephemeral cache", hasCache: true }),
      flexible({ told: ", in-memory block", hasBlock: true }),
    ],
    limits: [{ ...SPENT, name: "spent-memory" }],
    status: 429,
    ...MANY,
  },
];

async function sideBySide(bench: Bench, scenario: Scenario): Promise<Table> {
  const { title, note, contenders, limits, status, calls = 1, rounds } = scenario;

  function contestantOf({ name, open }: Contender): Contestant {
    const { call, settle } = createClient(open(bench.gateway, limits));
    return {
      name,
      // A limit of 1 that is spent stays so.
      prepare: async () => (status === 429 ? call("ada") : undefined),
      async run() {
        for (let i = 0; i < calls; i += 1) await expectStatus(call("ada"), status);
      },
      settle,
    };
  }

  const [ours, ...theirs] = contenders;
  const contestants: List<Contestant> = [contestantOf(ours), ...theirs.map(contestantOf)];
  return { ...(await compare(bench, { title, contestants, ...(rounds && { rounds }) })), note };
}

export async function costs(bench: Bench): Promise<Table[]> {
  const tables: Table[] = [];
  for (const scenario of SCENARIOS) tables.push(await sideBySide(bench, scenario));
  return tables;
}
