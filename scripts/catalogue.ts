// `npm run demo`: reads and changes the seeded catalogue of a running `npm run dev` over HTTP, and shows what came of it.
//
// npm run demo -- [URL] [--reads 2000] [--clients 20] [--key sedge-local]; SEDGE_URL names the Worker too

import { parseArgs } from "node:util";
import { DEVELOPMENT_KEY } from "../local/dev/api-keys.ts";
import { createRandom } from "../local/seed/random.ts";
import { SOURCES } from "./catalogue/answer.ts";
import { createCatalogueClient } from "./catalogue/client.ts";
import { report } from "./catalogue/report.ts";
import { goShopping } from "./catalogue/shoppers.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    reads: { type: "string", default: "2000" },
    clients: { type: "string", default: "20" },
    key: { type: "string", default: DEVELOPMENT_KEY },
  },
});
const url = positionals[0] ?? process.env["SEDGE_URL"] ?? "http://localhost:8787";
const reads = wholeNumber("--reads", values.reads);
const clients = wholeNumber("--clients", values.clients);
const client = createCatalogueClient(url, values.key);

let ids: readonly number[];
try {
  ids = await idsOf();
} catch (error) {
  print(`No catalogue at ${url}: ${reason(error)}. Start it with npm run dev.`);
  process.exit(1);
}

const begun = performance.now();
const { measurements, violations, refused, failures } = await goShopping({
  client,
  clients,
  reads,
  random: createRandom(Date.now()),
  ids,
});
const seconds = (performance.now() - begun) / 1000;

print(report(measurements, [...SOURCES, "PATCH"]));
const rate = Math.round(measurements.length / seconds);
print(`\n${measurements.length} requests by ${clients} clients in ${seconds.toFixed(1)} s, ${rate} a second`);
print(`${violations.length} reads were shown an older price than a change before them had set`);
print(`${refused} changes were refused, since Redis did not answer in time`);
print(`${failures.length} requests failed`);
for (const problem of [...violations, ...failures].slice(0, 10)) print(`  ${problem}`);
process.exitCode = violations.length + failures.length === 0 ? 0 : 1;

/** The products there are now. */
async function idsOf(): Promise<number[]> {
  const found: number[] = [];
  let next: string | null = null;
  do {
    const cursor: string = next === null ? "" : `&cursor=${next}`;
    const { body } = await client.products(`limit=100${cursor}`);
    found.push(...body.items.map(({ id }) => id));
    next = body.next;
  } while (next !== null);
  return found;
}

function wholeNumber(option: string, text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) {
    print(`${option} must be a whole number from 1, not "${text}".`);
    process.exit(1);
  }
  return Number(text);
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
