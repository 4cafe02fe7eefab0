// A process for snapshot.test.ts to kill: changes some megabytes in transactions, and says how often it wrote them.

import { watch } from "node:fs";
import { createEmbeddedEngine } from "../../../../local/engines/embedded/engine.ts";
import { words } from "../support.ts";

const directory = process.argv[2];
if (!directory) throw new Error("no directory to write to");

const engine = await createEmbeddedEngine({ stateDir: directory, log: console.error });
let written = 0;
watch(directory, (_event, name) => {
  if (name === "redis.snapshot") console.log(`written ${++written}`);
});

const filler = Buffer.alloc(1_000_000, "x");
for (let count = 1; ; count++) {
  // Until it is killed.
  await engine.transaction([
    words("SET", "first", count),
    words("SET", `filler:${count % 20}`, filler),
    words("SET", "last", count),
  ]);
  await new Promise((resolve) => setImmediate(resolve));
}
