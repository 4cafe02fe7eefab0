// Live events at many clients: whether each gets each event once, and how long after its publication.
//
//   node bench/live.ts [--clients 100] [--events 200] [--every 50]
//
// Starts what `npm run dev` starts (before the Redis of REDIS_URL, where it is set), opens that many streams, publishes an event
// every so many milliseconds, and measures from before its POST to its arrival at each client, in one process.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { DEVELOPMENT_KEY } from "../local/dev/api-keys.ts";
import { waitForWorker } from "../local/dev/ready.ts";
import { blocksOf } from "../test/support/event-stream.ts";

const { values } = parseArgs({
  options: {
    clients: { type: "string", default: "100" },
    events: { type: "string", default: "200" },
    every: { type: "string", default: "50" },
  },
});
const [clients, events, everyMs] = [values.clients, values.events, values.every].map(Number) as [
  number,
  number,
  number,
];
/** Until a client whose stream has ended comes back, and a publisher that was refused. */
const RETRY_MS = 1_000;
const MOST_TRIES = 10;
/** After the last publication. */
const WAIT_MS = 10_000;
const headers = { authorization: `Bearer ${DEVELOPMENT_KEY}` };

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** The Worker and its Redis, in processes of their own. */
async function startDev() {
  const stateDir = await mkdtemp(join(tmpdir(), "sedge-live-"));
  const [port, restPort] = [await freePort(), await freePort()];
  const child = spawn(process.execPath, ["local/dev.ts"], {
    cwd: dirname(import.meta.dirname),
    env: { ...process.env, PORT: String(port), REDIS_REST_PORT: String(restPort), SEDGE_STATE: stateDir },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const ended = once(child, "close");
  const url = `http://localhost:${port}`;
  return {
    url,
    ready: Promise.race([
      waitForWorker(url, AbortSignal.timeout(120_000)),
      ended.then(() => Promise.reject(new Error("npm run dev did not start"))),
    ]),
    async stop() {
      child.kill("SIGTERM");
      await ended;
      await rm(stateDir, { recursive: true });
    },
  };
}

interface Client {
  /** Latencies by event, in milliseconds. */
  readonly latencies: Map<string, number>;
  /** Events that came again. */
  readonly again: string[];
  /** How often its stream ended, and it came back. */
  resumed: number;
}

/** As a browser's EventSource. Resolves when the stream has begun: what is published from then on must come. */
async function openClient(url: string, signal: AbortSignal): Promise<Client> {
  const client: Client = { latencies: new Map(), again: [], resumed: 0 };
  let lastId = "";

  async function open() {
    const resume = lastId === "" ? {} : { "last-event-id": lastId };
    const response = await fetch(url, {
      headers: { ...headers, ...resume, accept: "text/event-stream" },
      signal,
    });
    if (!response.ok || response.body === null) throw new Error(`a stream was answered ${response.status}`);
    const blocks = blocksOf(response.body);
    const { value } = await blocks.next();
    lastId = value?.["id"] ?? lastId;
    return blocks;
  }

  async function read(blocks: Awaited<ReturnType<typeof open>>): Promise<void> {
    for await (const { id, data } of blocks) {
      lastId = id ?? lastId;
      if (data === undefined || id === undefined) continue;
      const { sentAt } = (JSON.parse(data) as { data: { sentAt: number } }).data;
      if (client.latencies.has(id)) client.again.push(id);
      client.latencies.set(id, performance.now() - sentAt);
    }
  }

  async function follow(first: Awaited<ReturnType<typeof open>>): Promise<void> {
    await read(first).catch(() => undefined);
    while (!signal.aborted) {
      await delay(RETRY_MS);
      client.resumed += 1;
      await open().then(read, () => undefined);
    }
  }
  /** A Worker that has just started, on a busy machine, may not reach Redis in time. */
  async function begin() {
    for (let tries = 1; ; tries += 1) {
      try {
        return await open();
      } catch (error) {
        if (tries === MOST_TRIES) throw error;
        await delay(RETRY_MS);
      }
    }
  }

  // Ends with the signal.
  void follow(await begin()).catch(() => undefined);
  return client;
}

/** As a careful publisher: what was refused for want of Redis is sent again, under the same key. */
async function publish(url: string, i: number): Promise<string> {
  const body = JSON.stringify({ type: "tick", data: { i, sentAt: performance.now() } });
  for (let tries = 1; ; tries += 1) {
    const response = await fetch(url, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json", "idempotency-key": `tick-${i}` },
      body,
    });
    if (response.status === 202) {
      const { id }: { id: string } = await response.json();
      return id;
    }
    const reason = await response.text();
    if (response.status !== 503 || tries === MOST_TRIES) throw new Error(`${response.status}: ${reason}`);
    await delay(RETRY_MS);
  }
}

const rank = (sorted: readonly number[], share: number): string =>
  (sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0).toFixed(1);

async function run(url: string): Promise<void> {
  const over = new AbortController();
  const channel = `${url}/v1/channels/bench:live-${Date.now()}/events`;
  const watching: Client[] = [];
  while (watching.length < clients) {
    // What is measured is not how many may come at once.
    const some = Array.from({ length: Math.min(10, clients - watching.length) }, () =>
      openClient(channel, over.signal),
    );
    watching.push(...(await Promise.all(some)));
  }
  const publications: Promise<string>[] = [];
  const began = performance.now();
  for (let i = 0; i < events; i += 1) {
    const publication = publish(channel, i);
    // It is waited for below.
    publication.catch(() => undefined);
    publications.push(publication);
    await delay(Math.max(0, began + (i + 1) * everyMs - performance.now()));
  }
  const ids = await Promise.all(publications);
  const missing = () =>
    watching.reduce((sum, { latencies }) => sum + ids.filter((id) => !latencies.has(id)).length, 0);
  for (const until = performance.now() + WAIT_MS; missing() > 0 && performance.now() < until;)
    await delay(20);
  over.abort();

  const all = watching.flatMap(({ latencies }) => [...latencies.values()]).toSorted((a, b) => a - b);
  const least = Math.min(...watching.map(({ latencies }) => latencies.size));
  const resumed = watching.reduce((sum, client) => sum + client.resumed, 0);
  const again = watching.reduce((sum, client) => sum + client.again.length, 0);
  console.table({
    [process.env["REDIS_URL"] ? "a Redis by REDIS_URL" : "the embedded engine"]: {
      clients,
      "events a second": (1_000 / everyMs).toFixed(0),
      "least at a client": `${least} of ${events}`,
      missing: missing(),
      "came again": again,
      resumed,
      "median ms": rank(all, 0.5),
      "p99 ms": rank(all, 0.99),
      "most ms": rank(all, 1),
    },
  });
  if (missing() > 0 || again > 0) process.exitCode = 1;
}

const dev = await startDev();
try {
  await dev.ready;
  await run(dev.url);
} finally {
  await dev.stop();
}
