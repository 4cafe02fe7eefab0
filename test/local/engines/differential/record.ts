// Writes the recordings anew, from a real Redis: REDIS_URL=redis://… node test/local/engines/differential/record.ts
//
// They are to come from Redis 7.0, the oldest that Sedge supports.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openEngine } from "../../../../local/engines/open.ts";
import { FAMILIES } from "./families/index.ts";
import { fingerprint } from "./recording.ts";
import type { Recording } from "./recording.ts";
import { replay } from "./run.ts";

const redisUrl = process.env["REDIS_URL"];
if (!redisUrl) throw new Error("REDIS_URL names no Redis to record");

const engine = await openEngine({ redisUrl, stateDir: null, log: console.error });
const redis = /\((.*)\)$/.exec(engine.description)?.[1] ?? "unknown";
for (const family of FAMILIES) {
  // One family after the other.
  const recording: Recording = {
    redis,
    commands: fingerprint(family.steps),
    replies: await replay(engine, family),
  };
  const lines = recording.replies.map((reply) => JSON.stringify(reply)).join(",\n");
  const head = JSON.stringify({ redis: recording.redis, commands: recording.commands }).slice(0, -1);
  // A line per reply: a change shows as what it is.
  await writeFile(
    join(import.meta.dirname, "../recorded", `${family.name}.json`),
    `${head},"replies":[\n${lines}\n]}\n`,
  );
  console.log(`${family.name}: ${family.steps.length} steps`);
}
await engine.close();
