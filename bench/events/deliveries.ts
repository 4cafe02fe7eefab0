// How long after its publication an event is at its receivers, over HTTP from end to end.

import { setTimeout as sleep } from "node:timers/promises";
import type { Bench } from "../harness/bench.ts";
import { percentile } from "../harness/statistics.ts";
import type { Table } from "../harness/table.ts";
import { HEADERS, startDev } from "./dev.ts";
import { openViewers, openWebhook, type Arrived } from "./receivers.ts";

const DELAYS_MS = [0, 5, 40] as const;
const VIEWERS = 100;
/** After the last publication. */
const PATIENCE_MS = 20_000;

interface Kind {
  readonly name: string;
  readonly receivers: number;
  readonly events: number;
  readonly everyMs: number;
  /** @returns what closes it */
  readonly open: (url: string, channel: string, arrived: Arrived) => Promise<() => Promise<void>>;
}

const kindsOf = (isQuick: boolean): readonly Kind[] => {
  const viewers = isQuick ? 5 : VIEWERS;
  return [
    { name: "a webhook", receivers: 1, events: isQuick ? 3 : 40, everyMs: 100, open: openWebhook },
    {
      name: `${viewers} live viewers`,
      receivers: viewers,
      events: isQuick ? 3 : 60,
      everyMs: 50,
      open: (url, channel, arrived) => openViewers(url, channel, viewers, arrived),
    },
  ];
};

interface Delivered {
  /** Milliseconds from before the POST, of each event at each receiver. */
  readonly times: readonly number[];
  readonly again: number;
  readonly missing: number;
}

async function publish(url: string, channel: string, i: number): Promise<void> {
  const answer = await fetch(`${url}/v1/channels/${channel}/events`, {
    method: "POST",
    headers: { ...HEADERS, "idempotency-key": `${channel}-${i}` },
    body: JSON.stringify({ type: "tick", data: { i } }),
  });
  if (answer.status !== 202) throw new Error(`A publication was answered ${answer.status}.`);
  await answer.body?.cancel();
}

async function deliver(
  url: string,
  channel: string,
  { receivers, events, everyMs, open }: Kind,
): Promise<Delivered> {
  const publishedAt: number[] = [];
  const times = new Map<string, number>();
  let again = 0;
  const close = await open(url, channel, (receiver, { i }) => {
    const one = `${receiver} ${i}`;
    if (times.has(one)) again += 1;
    else times.set(one, performance.now() - (publishedAt[i] ?? Number.NaN));
  });
  try {
    const publications: Promise<void>[] = [];
    for (let i = 0; i < events; i += 1) {
      publishedAt.push(performance.now());
      publications.push(publish(url, channel, i));
      await sleep(everyMs);
    }
    await Promise.all(publications);
    const until = performance.now() + PATIENCE_MS;
    while (times.size < receivers * events && performance.now() < until) await sleep(20);
  } finally {
    await close();
  }
  return { times: [...times.values()], again, missing: receivers * events - times.size };
}

export async function deliveries({ gateway, isQuick }: Bench): Promise<Table> {
  await gateway.delay(0);
  await using closing = new AsyncDisposableStack();
  const dev = await startDev(gateway);
  closing.defer(() => dev.close());
  closing.defer(() => gateway.delay(0));

  const rows: string[][] = [];
  for (const kind of kindsOf(isQuick)) {
    const all: Delivered[] = [];
    for (const delayMs of DELAYS_MS) {
      await gateway.delay(delayMs);
      const channel = `bench-${kind.receivers}-${delayMs}:events`;
      // One, not counted: what is loaded and asked for the first time.
      await deliver(dev.url, `warm-${channel}`, { ...kind, events: 1 });
      all.push(await deliver(dev.url, channel, kind));
    }
    const sum = (of: (one: Delivered) => number): number => all.reduce((total, one) => total + of(one), 0);
    const missing = sum((one) => one.missing);
    const again = sum((one) => one.again);
    // A webhook may come twice; a viewer is told its place, and sees each event once.
    if (kind.receivers > 1 && again > 0) throw new Error(`${again} events came again to ${kind.name}.`);
    if (missing > 0) throw new Error(`${missing} events did not come to ${kind.name}.`);
    rows.push([
      kind.name,
      String(kind.events * all.length),
      String(missing),
      String(again),
      ...all.flatMap(({ times }) => [percentile(times, 50).toFixed(1), percentile(times, 99).toFixed(1)]),
    ]);
  }
  return {
    title: "From publishing to the receiver, over HTTP",
    columns: [
      "to",
      "events",
      "missing",
      "came again",
      ...DELAYS_MS.flatMap((delayMs) => [`median at ${delayMs} ms`, "p99"]),
    ],
    rows,
    note: "Sedge's Worker under `npm run dev`; milliseconds from before the publisher's POST to the event at each receiver, all in one process. Webhooks: one event each 100 ms, each delivered by the dispatch that its publishing starts; viewers: one each 50 ms.",
  };
}
