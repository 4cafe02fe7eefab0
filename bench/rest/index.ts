// The local REST server against others of its kind, on the same Redis: how many requests a second, and for how much of the
// processor.

import type { Bench, Part } from "../harness/bench.ts";
import { percentile } from "../harness/statistics.ts";
import type { Section, Table } from "../harness/table.ts";
import { TOKEN } from "../harness/traffic.ts";
import { nameAndVersion } from "../harness/versions.ts";
import { type Load, openLoad } from "./load.ts";
import { isRight, type Operation, OPERATIONS, SCRIPT, VALUE } from "./operations.ts";
import { type Server, startScript, startSedge, startWebdis } from "./servers.ts";

const CONNECTIONS = 64;
const SLICE_MS = 300;
const ROUNDS = 14;
/** What is promised: so many times the requests of the plain gateway. */
const PROMISED = 1.5;
/** Rates of less than this much apart are taken for alike. */
const ALIKE = 1.1;

const SEDGE = "Sedge";
const PLAIN = "plain gateway";
const PEER = "@humanwhocodes/upstash-redis-server";

interface Contestant {
  readonly server: Server;
  readonly load: Load;
}

interface Result {
  readonly name: string;
  readonly perSecond: number;
  /** The median of what it was in each round: neighbours in time had the same machine. */
  readonly ratio: number;
  /** Of the server's process. */
  readonly cpuUs: number;
}

/** Slices of each contestant by turns; each round begins with another one. */
async function measure(
  operation: Operation,
  sha: string,
  contestants: readonly Contestant[],
  isQuick: boolean,
): Promise<Result[]> {
  const rates: number[][] = contestants.map(() => []);
  const cpuMs = contestants.map(() => 0);
  const requests = contestants.map(() => 0);
  for (const { server, load } of contestants) {
    const asking = server.asking(operation, sha);
    const answer = await load.once(asking);
    if (!isRight(operation, answer)) throw new Error(`${server.name} answered ${operation} by ${answer}`);
    await load.slice(asking, isQuick ? SLICE_MS / 2 : SLICE_MS * 2);
  }
  for (let round = 0; round < (isQuick ? 2 : ROUNDS); round += 1) {
    for (const turn of contestants.keys()) {
      const at = (turn + round) % contestants.length;
      const contestant = contestants[at];
      if (contestant === undefined) continue;
      const { server, load } = contestant;
      const before = server.cpuMs();
      const slice = await load.slice(server.asking(operation, sha), isQuick ? SLICE_MS / 2 : SLICE_MS);
      rates[at]?.push(slice.perSecond);
      cpuMs[at] = (cpuMs[at] ?? 0) + server.cpuMs() - before;
      requests[at] = (requests[at] ?? 0) + slice.requests;
    }
  }
  return contestants.map(({ server }, at) => ({
    name: server.name,
    perSecond: percentile(rates[at] ?? [], 50),
    ratio: percentile(
      (rates[at] ?? []).map((rate, round) => rate / (rates[0]?.[round] ?? Number.NaN)),
      50,
    ),
    cpuUs: ((cpuMs[at] ?? Number.NaN) * 1_000) / (requests[at] ?? Number.NaN),
  }));
}

function tableOf(operation: Operation, results: readonly Result[]): Table {
  const [ours] = results;
  if (ours === undefined) throw new Error("Nobody takes part.");
  const rows = results.map((result) => {
    const ahead = (isAhead: boolean, text: string): string =>
      isAhead && !result.name.startsWith(SEDGE) ? `**${text}**` : text;
    const isFaster = result.ratio > ALIKE;
    return [
      result.name,
      ahead(isFaster, result.perSecond.toFixed(0)),
      ahead(isFaster, result.ratio.toFixed(2)),
      ahead(result.cpuUs * ALIKE < ours.cpuUs, result.cpuUs.toFixed(0)),
      (result.cpuUs / ours.cpuUs).toFixed(2),
    ];
  });
  return { title: operation, columns: ["", "requests a second", "ratio", "CPU µs a request", "ratio"], rows };
}

/** Only what is measured long enough says something. */
function requirePromise(operation: Operation, results: readonly Result[]): void {
  const ratio = 1 / (results.find(({ name }) => name === PLAIN)?.ratio ?? Number.NaN);
  if (ratio >= PROMISED) return;
  throw new Error(`${operation}: ${ratio.toFixed(2)} times the plain gateway, less than ${PROMISED}.`);
}

/** For the server that has a Redis of its own. */
async function loadScript({ port }: Server): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}`, {
    method: "POST",
    headers: { authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify(["SCRIPT", "LOAD", SCRIPT]),
  });
  if (!response.ok) throw new Error(await response.text());
}

const text = (hasWebdis: boolean): string => `
\`npm run redis\` as a process of its own, before the run's Redis and on its embedded engine, against: *${PLAIN}*, what anybody would
write with Hono, \`@hono/node-server\` and \`ioredis\` (\`bench/rest/plain-gateway.ts\`); ${nameAndVersion(PEER)} as its README starts it (it
sends no base64, and asks for no token at \`/pipeline\`)${hasWebdis ? "; Debian's webdis with two threads, which speaks a protocol of its own and asks for no token" : ""}. ${CONNECTIONS} connections that stay, each asking again as soon
as it is answered; values of ${VALUE.length} bytes; slices of ${SLICE_MS} ms by turns, and their median. The load comes from one process on the same
processors, so that the requests a second understate what the servers differ by; *CPU* is that of the server's process, without Redis's.
EVALSHA runs a script of one INCRBY.${hasWebdis ? " Webdis takes one command a request: its ten GETs are one MGET." : " webdis is not installed, and not in the table."}`;

async function run({ redis, isQuick }: Bench): Promise<Section> {
  const servers: Server[] = [];
  const contestants: Contestant[] = [];
  const tables: Table[] = [];
  try {
    // One after the other, so that each finds a port that is free.
    servers.push(await startSedge(SEDGE, redis.url));
    const embedded = await startSedge(`${SEDGE}, embedded engine`);
    servers.push(embedded);
    servers.push(await startScript(PLAIN, "plain-gateway.ts", redis.url));
    servers.push(await startScript(PEER, "upstash-redis-server.ts", redis.url));
    const webdis = await startWebdis("webdis", redis.url);
    if (webdis !== null) servers.push(webdis);
    for (const server of servers)
      contestants.push({ server, load: await openLoad(server.port, CONNECTIONS) });
    const sha = String(await redis.client.script("LOAD", SCRIPT));
    await loadScript(embedded);

    for (const operation of OPERATIONS) {
      const results = await measure(operation, sha, contestants, isQuick);
      if (!isQuick && (operation === "GET" || operation === "10 GETs")) requirePromise(operation, results);
      tables.push(tableOf(operation, results));
    }
    return { title: "The local REST server", text: text(webdis !== null), tables };
  } finally {
    for (const { load } of contestants) load.close();
    for (const server of servers) await server.close();
  }
}

export const rest: Part = { name: "rest", run };
