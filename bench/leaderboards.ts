// What a read of a leaderboard costs, by the size of the board: trips, commands and time, on a real Redis.
//
//   REDIS_URL=redis://127.0.0.1:6379 node bench/leaderboards.ts [members…]
//
// A tenth of the members share one score, so that pages begin among equals. Commands are counted inside Redis.

import { createLeaderboards } from "../lib/leaderboards/index.ts";
import { createConnection } from "../lib/redis/index.ts";
import { createCommandCount } from "../test/support/command-count.ts";
import { startRedis } from "../test/support/redis.ts";

const ROUNDS = 200;
const BATCH = 1_000;

if (!process.env["REDIS_URL"]) {
  throw new Error(
    "Set REDIS_URL: the embedded engine copies a board at each command, so its times say nothing.",
  );
}
const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [100, 10_000, 1_000_000];

const target = await startRedis();
const open = () => {
  const redis = createConnection({ ...target, timeoutMs: 60_000 }).open();
  return { redis, boards: createLeaderboards({ redis, prefix: target.prefix, periods: {} }) };
};

const scoreOf = (i: number): number => (i % 10 === 0 ? 500_000_000 : (i * 2_654_435_761) % 1_000_000_007);

async function fill(board: string, size: number): Promise<void> {
  const { boards } = open();
  for (let from = 0; from < size; from += BATCH) {
    const length = Math.min(BATCH, size - from);
    const members = Array.from({ length }, (_, i) => ({ member: `m${from + i}`, score: scoreOf(from + i) }));
    await boards.updateMany(board, members);
  }
}

async function memoryOf(board: string): Promise<number> {
  const key = `${target.prefix}:leaderboard:{${board}}`;
  const replies = await target.engine.pipeline(
    [key, `${key}:index`].map((each) => ["MEMORY", "USAGE", each].map((word) => Buffer.from(word))),
  );
  return replies.reduce<number>((sum, reply) => sum + Number(reply), 0);
}

const median = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0;

async function measure(run: (boards: ReturnType<typeof open>["boards"], i: number) => Promise<unknown>) {
  const once = open();
  await run(open().boards, 0);
  const count = await createCommandCount(target);
  const commands = await count.during(() => run(once.boards, 1));
  count.close();
  const times: number[] = [];
  for (let i = 0; i < ROUNDS; i += 1) {
    const { boards } = open();
    const started = performance.now();
    await run(boards, i);
    times.push(performance.now() - started);
  }
  return `${once.redis.meter.trips} / ${commands} / ${median(times).toFixed(2)} ms`;
}

const rows: Record<string, Record<string, string>> = {};
try {
  for (const size of sizes) {
    const board = `of:${size}`;
    const started = performance.now();
    await fill(board, size);
    const filled = ((performance.now() - started) / 1_000).toFixed(1);
    const member = (i: number): string => `m${(i * 7_919) % size}`;
    const offset = (i: number): number => (i * 104_729) % Math.max(1, size - 10);
    rows[`${size} members`] = {
      "filled in": `${filled} s`,
      "bytes a member": String(Math.round((await memoryOf(board)) / size)),
      "page of 10": await measure((boards, i) => boards.page(board, { offset: offset(i) })),
      "own rank, percentile": await measure((boards, i) => boards.standing(board, member(i))),
      "around me": await measure((boards, i) => boards.around(board, member(i))),
      update: await measure((boards, i) =>
        boards.update(board, { member: member(i), score: scoreOf(i + 7), mode: "latest" }),
      ),
    };
  }
} finally {
  await target.close();
}
console.log(`trips / commands / median of ${ROUNDS} calls, over the local REST server`);
console.table(rows);
