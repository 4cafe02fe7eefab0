// A process of its own: the local REST server before a real Redis, as far away as is wished. It answers later by a fixed delay for
// each HTTP request, and counts what comes. `startGateway` (gateway-client.ts) starts and steers it.
//
//   node bench/harness/gateway.ts redis://127.0.0.1:6379

import { serve } from "@hono/node-server";
import { setTimeout as sleep } from "node:timers/promises";
import { openEngine } from "../../local/engines/open.ts";
import { createRestApp } from "../../local/rest/app.ts";
import { TOKEN, type Traffic } from "./traffic.ts";

const engine = await openEngine({
  redisUrl: process.argv[2] ?? "",
  stateDir: null,
  log: console.error,
});
const { app } = createRestApp({ engine, token: TOKEN, log: console.error });

let delayMs = 0;
let isCounting = false;
let commands = 0;
/** When each request came and was answered. */
let spans: { from: number; to: number }[] = [];

const countOf = (path: string, body: string): number => {
  if (path !== "/pipeline" && path !== "/multi-exec") return 1;
  return (JSON.parse(body) as unknown[]).length;
};

/**
 * The most requests of which each began when the one before had ended: what a caller waited for, one after the other.
 * (The greedy choice by the earliest end is the longest chain of intervals that do not overlap.)
 */
function tripsOf(all: readonly { from: number; to: number }[]): number {
  let trips = 0;
  let free = 0;
  for (const { from, to } of all.toSorted((a, b) => a.to - b.to)) {
    if (from < free) continue;
    trips += 1;
    free = to;
  }
  return trips;
}

async function answer(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname === "/__bench") {
    const traffic: Traffic = { requests: spans.length, trips: tripsOf(spans), commands };
    const asked = (await request.json()) as { delayMs?: number; isCounting?: boolean };
    delayMs = asked.delayMs ?? delayMs;
    isCounting = asked.isCounting ?? isCounting;
    spans = [];
    commands = 0;
    return Response.json(traffic);
  }
  // When it came, not the delay reckoned back: a timer may fire a little early, and two in turn would seem to overlap.
  const from = performance.now();
  if (delayMs > 0) await sleep(delayMs);
  if (!isCounting) return app.fetch(request);
  const span = { from, to: Infinity };
  spans.push(span);
  commands += countOf(pathname, await request.clone().text());
  const response = await app.fetch(request);
  span.to = performance.now();
  return response;
}

serve({ fetch: answer, port: 0, hostname: "127.0.0.1" }, ({ port }) => {
  process.send?.({ port });
});
process.once("disconnect", () => process.exit(0));
