// A process for journal.test.ts to kill: says each count once its write was answered.

import { writeSync } from "node:fs";
import { createEmbeddedEngine } from "../../../../local/engines/embedded/engine.ts";
import { words } from "../support.ts";

const directory = process.argv[2];
if (!directory) throw new Error("no directory to write to");

const engine = await createEmbeddedEngine({ stateDir: directory, log: console.error });
for (let count = 1; ; count++) {
  // Until it is killed.
  await engine.transaction([words("SET", "first", count), words("SET", "last", count)]);
  writeSync(1, `${count}\n`);
  await new Promise((resolve) => setImmediate(resolve));
}
