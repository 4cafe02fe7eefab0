// What every operation costs, counted on the wire and inside Redis, against what its documentation states.
// The table in docs/costs.md is written by this test (`npm test -- test/costs.test.ts -u`).

import { afterAll, beforeAll, expect, test } from "vitest";
import type { Cache } from "../lib/cache/index.ts";
import { openIsolate, type Isolate } from "./support/cache.ts";
import { createCommandCount, type CommandCount } from "./support/command-count.ts";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "./support/redis.ts";

let target: TestRedis;
let proxy: FaultProxy;
let count: CommandCount;
beforeAll(async () => {
  target = await startRedis();
  proxy = await startFaultProxy(target.url);
  count = await createCommandCount(target);
});
afterAll(async () => {
  count.close();
  await proxy.close();
  await target.close();
});

interface Row {
  operation: string;
  /** As the docstring states it: the most it may cost. */
  trips: number;
  commands: number;
  namespace?: string;
  before?: (cache: Cache) => Promise<unknown>;
  run: (cache: Cache) => Promise<unknown>;
}

const tags = (n: number) => Array.from({ length: n }, (_, i) => `tag:${i}`);
const value = async () => ({ id: 1 });

const CACHE: Row[] = [
  {
    operation: "`load`, hit",
    trips: 1,
    commands: 1,
    before: (cache) => cache.load("k", value),
    run: (cache) => cache.load("k", value),
  },
  {
    operation: "`load`, hit under 10 tags",
    trips: 1,
    commands: 1,
    before: (cache) => cache.load("k", value, { tags: tags(10) }),
    run: (cache) => cache.load("k", value, { tags: tags(10) }),
  },
  {
    operation: "`load`, miss",
    trips: 3,
    commands: 10,
    run: (cache) => cache.load("k", value),
  },
  {
    operation: "`load`, miss under 3 tags in use",
    trips: 3,
    commands: 10,
    before: (cache) => cache.load("other", value, { tags: tags(3) }),
    run: (cache) => cache.load("k", value, { tags: tags(3) }),
  },
  {
    operation: "`load`, miss under 3 tags just invalidated",
    trips: 3,
    commands: 22,
    run: (cache) => cache.load("k", value, { tags: tags(3) }),
  },
  {
    operation: "`get`",
    trips: 1,
    commands: 1,
    run: (cache) => cache.get("k", { tags: tags(3) }),
  },
  {
    operation: "`getMany`, 100 keys",
    trips: 1,
    commands: 1,
    run: (cache) => cache.getMany(Array.from({ length: 100 }, (_, i) => `k:${i}`)),
  },
  {
    operation: "`set`",
    trips: 1,
    commands: 4,
    run: (cache) => cache.set("k", 1),
  },
  {
    operation: "`set` under 2 tags",
    trips: 2,
    commands: 12,
    run: (cache) => cache.set("k", 1, { tags: tags(2) }),
  },
  {
    operation: "`delete`, 10 keys",
    trips: 1,
    commands: 2,
    run: (cache) => cache.delete(...Array.from({ length: 10 }, (_, i) => `k:${i}`)),
  },
  {
    operation: "`invalidateTags`, 10 tags, any number of entries",
    trips: 1,
    commands: 1,
    run: (cache) => cache.invalidateTags(...tags(10)),
  },
  {
    operation: "`clear`, any number of entries",
    trips: 1,
    commands: 1,
    namespace: "shop",
    run: (cache) => cache.clear(),
  },
  {
    operation: "`write` of 1 key and 2 tags",
    trips: 2,
    commands: 24,
    run: (cache) => cache.write({ keys: ["k"], tags: tags(2) }, async () => undefined),
  },
];

let runs = 0;
async function measure({ before, run, namespace }: Row) {
  runs += 1;
  // Keys of its own for each row; and once before on others, for the scripts, which Redis may not know yet.
  const open = (keys: string): Isolate =>
    openIsolate(
      { ...target, url: proxy.url, prefix: `${target.prefix}${keys}${runs}` },
      namespace === undefined ? {} : { namespace },
    );
  for (const keys of ["warm", "real"]) {
    const { cache } = open(keys);
    await before?.(cache);
    if (keys === "warm") await run(cache);
  }

  const isolate = open("real");
  proxy.reset();
  const commands = await count.during(async () => {
    await run(isolate.cache);
    await isolate.settled();
  });
  const { meter } = isolate.redis;
  return { trips: meter.trips, requests: proxy.requests, commands, metered: meter.commands };
}

test("no operation costs more than it states, and docs/costs.md says so", async () => {
  const lines: string[] = [];
  for (const row of CACHE) {
    const measured = await measure(row);
    const { operation, trips, commands } = row;
    expect(measured.trips, operation).toBeLessThanOrEqual(trips);
    expect(measured.requests, operation).toBe(measured.trips);
    expect(measured.commands, operation).toBeLessThanOrEqual(commands);
    // What Server-Timing tells a user is never less than what is billed.
    expect(measured.metered, operation).toBeGreaterThanOrEqual(measured.commands);
    expect(measured.metered, operation).toBeLessThanOrEqual(commands);
    lines.push(`| ${operation} | ${trips} | ${commands} | ${measured.trips} | ${measured.commands} |`);
  }
  await expect(page(lines)).toMatchFileSnapshot("../docs/costs.md");
});

const page = (lines: readonly string[]) => `# What it costs

Written by \`test/costs.test.ts\`, which runs each operation, counts the requests on the wire and the commands inside Redis, and
fails where either is more than stated. \`npm test -- test/costs.test.ts -u\` writes it anew.

A *trip* is one wait for Redis; what is sent in the same tick goes in one. A *command* is one as Upstash bills it: each
one of a pipeline, and a script as itself and every command it calls. The first run of a script on a Redis that does not
know it costs one trip and one command more.

## Cache

| operation | trips, at most | commands, at most | trips, measured | commands, measured |
| --- | --- | --- | --- | --- |
${lines.join("\n")}

Waiting for another's load costs 2 trips and 6 commands, and 1 trip and 1 command for each look: the first after 15 ms, each
next one after 1.6 times as long, at most every 250 ms, for 3 s in all.
A step of \`deletePattern\` looks at about 10,000 keys in at most 11 trips and 30 commands.
`;
