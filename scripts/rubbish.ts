// `npm run rubbish`: as many malformed requests as are asked for, on the embedded engine or on the Redis that REDIS_URL names.
// A tenth as many go as raw bytes to the Worker in workerd. All of them, and what must hold, are those of two tests, which send
// some in each run.
//
// npm run rubbish -- [--requests 100000] [--seed N]        by a seed that is drawn and printed, unless it is given

import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";

const MAX_SEED = 2 ** 31;
const FILES = ["test/functions/rubbish.test.ts", "test/e2e/rubbish.test.ts"];

const { values } = parseArgs({
  options: {
    requests: { type: "string", default: "100000" },
    seed: { type: "string", default: String(randomInt(1, MAX_SEED)) },
  },
});
for (const [option, text] of Object.entries(values)) {
  if (!/^[1-9]\d{0,9}$/.test(text)) {
    process.stderr.write(`--${option} must be a whole number from 1, not "${text}".\n`);
    process.exit(1);
  }
}
const { requests, seed } = values;
process.stdout.write(
  `${requests} requests; again: npm run rubbish -- --requests ${requests} --seed ${seed}\n`,
);

const root = dirname(import.meta.dirname);
const vitest = spawn(process.execPath, [join(root, "node_modules/vitest/vitest.mjs"), "run", ...FILES], {
  cwd: root,
  env: { ...process.env, RUBBISH_REQUESTS: requests, RUBBISH_SEED: seed },
  stdio: ["ignore", "inherit", "inherit"],
});
const [code] = (await once(vitest, "close")) as [number | null];
process.exitCode = code ?? 1;
