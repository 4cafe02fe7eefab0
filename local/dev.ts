// `npm run dev`: the Worker, a local Redis behind Upstash's protocol, a seeded D1 and the scheduled function.

import { dirname } from "node:path";
import { runDev } from "./dev/run.ts";
import { readSettings } from "./dev/settings.ts";
import { endingSignal } from "./dev/signals.ts";
import { StartError } from "./dev/start-error.ts";
import { SettingError } from "./rest/settings.ts";

const print = (line: string) => process.stdout.write(`${line}\n`);
const signal = endingSignal();

try {
  const cwd = process.cwd();
  const settings = readSettings(process.env, cwd);
  const root = dirname(import.meta.dirname);
  const problem = await runDev({ settings, root, cwd, env: process.env, print, signal });
  if (problem !== null) fail(`Sedge ended: ${problem}.`);
} catch (error) {
  fail(explain(error));
}
// Nothing that is still open, such as an idle connection, may hold up the end.
process.exit();

function fail(problem: string): void {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 1;
}

/** Of what the person can mend the message is all that is of use; of a fault, where it was. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isTheirs = error instanceof SettingError || error instanceof StartError;
  return isTheirs ? error.message : (error.stack ?? error.message);
}
