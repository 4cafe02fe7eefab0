// `npm run bench`: Sedge and its peers, side by side in one run, on a real Redis behind the local REST server.
//
//   npm run bench                               everything, and writes docs/benchmarks.md and the README's comparison
//   npm run bench -- --only cache,limits        some parts, printed only
//   npm run bench -- --quick                    few rounds and small sizes, printed only: shows that everything runs

import { cpus } from "node:os";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { cache } from "./cache/index.ts";
import { withComparison } from "./comparison.ts";
import { growth } from "./growth/index.ts";
import type { Part } from "./harness/bench.ts";
import { startGateway } from "./harness/gateway-client.ts";
import { startRealRedis } from "./harness/redis.ts";
import { renderSection } from "./harness/table.ts";
import { limits } from "./limits/index.ts";
import { rest } from "./rest/index.ts";
import { events } from "./events/index.ts";
import { request } from "./request/index.ts";
import { sessions } from "./sessions/index.ts";
import { worker } from "./worker/index.ts";

const PARTS: readonly Part[] = [cache, sessions, limits, events, request, worker, rest, growth];

const { values } = parseArgs({
  options: { only: { type: "string" }, quick: { type: "boolean", default: false } },
});
const only = values.only?.split(",");
const unknown = only?.filter((name) => !PARTS.some((part) => part.name === name)) ?? [];
if (unknown.length > 0) {
  throw new Error(
    `No part is called ${unknown.join(", ")}. There are: ${PARTS.map(({ name }) => name).join(", ")}`,
  );
}

const redis = await startRealRedis();
const gateway = await startGateway(redis);
const started = performance.now();
const sections: string[] = [];
try {
  for (const part of PARTS.filter(({ name }) => only?.includes(name) ?? true)) {
    await redis.flush();
    const began = performance.now();
    const section = renderSection(await part.run({ redis, gateway, isQuick: values.quick }));
    console.log(`${section}\n\n(${part.name}: ${((performance.now() - began) / 1_000).toFixed(0)} s)\n`);
    sections.push(section);
  }
} finally {
  await gateway.close();
  await redis.close();
}

const minutes = ((performance.now() - started) / 60_000).toFixed(1);
const head = `# Benchmarks

Written by \`npm run bench\` in ${minutes} minutes, on ${redis.description}, Node ${process.versions.node}, ${cpus().length} processors (shared).

All contestants of a table ran by turns in one run, against one Redis behind one REST server that answers each HTTP request later by
the delay named. *Trips* are requests one after the other; *commands* are Redis's own count (\`INFO commandstats\`), a script being
itself and what it calls, as Upstash bills it; *CPU* is the calling process's. All three have what goes on behind an answer
(\`waitUntil\`); times, in milliseconds, have not, and say less than the counts: compare within a table only. A *p99* of fewer than a
hundred rounds is the slowest. A value by which a peer is ahead of Sedge is **bold** (times from 10 % on). Where no fault is measured
Sedge's time-outs are set, but longer than by default: the machine is busy. The peers' client, like Sedge's, asks for no base64 and
sends no telemetry.`;
if (!values.quick && only === undefined) {
  const root = join(import.meta.dirname, "..");
  const page = `${head}\n\n${sections.join("\n\n")}\n`;
  await writeFile(join(root, "docs", "benchmarks.md"), page);
  const readme = join(root, "README.md");
  await writeFile(readme, withComparison(await readFile(readme, "utf8"), page));
}
console.log(`${minutes} minutes`);
