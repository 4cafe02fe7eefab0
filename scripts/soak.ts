// `npm run soak`: mixed traffic over HTTP to what `npm run dev` starts, before a redis-server of its own or the Redis that
// REDIS_URL names. It ends with exit code 1 where anything was refused, lost, left behind or grew.
//
// npm run soak -- [--minutes 30] [--rate 20] [--visitors 6] [--cron 60] [--seed N]        the rate: steps a second

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { endingSignal } from "../local/dev/signals.ts";
import { startRedisServer } from "./servers/redis-server.ts";
import { soak } from "./soak/run.ts";

/** In less nothing is warm. */
const JUDGES_MEMORY_FROM_MINUTES = 5;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "30" },
    rate: { type: "string", default: "20" },
    visitors: { type: "string", default: "6" },
    cron: { type: "string", default: "60" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
for (const [option, text] of Object.entries(values)) {
  if (Number(text) > 0) continue;
  process.stderr.write(`--${option} must be a number above 0, not "${text}".\n`);
  process.exit(1);
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const signal = endingSignal();
const stateDir = await mkdtemp(join(tmpdir(), "sedge-soak-"));
const own = process.env["REDIS_URL"] ? undefined : await startRedisServer();
try {
  const minutes = Number(values.minutes);
  const problems = await soak({
    redisUrl: own?.url ?? process.env["REDIS_URL"],
    stateDir,
    seconds: minutes * 60,
    rate: Number(values.rate),
    visitors: Number(values.visitors),
    seed: Number(values.seed),
    cronEverySeconds: Number(values.cron),
    judgesMemory: minutes >= JUDGES_MEMORY_FROM_MINUTES,
    signal,
    print,
  });
  for (const problem of problems.slice(0, 20)) print(`WRONG: ${problem}`);
  print(problems.length === 0 ? "All is well." : `${problems.length} things are wrong.`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  await own?.close();
  await rm(stateDir, { recursive: true, force: true });
}
