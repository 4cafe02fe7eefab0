// What becomes of a message when a consumer is late or dies, and of a delayed one when its sender goes away.

import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Bench } from "../harness/bench.ts";
import type { Table } from "../harness/table.ts";
import { VISIBILITY_MS, type Contender, type Received } from "./contenders.ts";

/** After which a message counts as lost: nothing here becomes visible later than after `VISIBILITY_MS`. */
const PATIENCE_MS = 5 * VISIBILITY_MS;
const LOOK_EVERY_MS = 100;

/** Looks as a new isolate each time, for one of @upstash/queue that has found nothing six times refuses to look again. */
async function receiveSoon({ open }: Contender, queue: string): Promise<Received | null> {
  const until = performance.now() + PATIENCE_MS;
  while (performance.now() < until) {
    const message = await open(queue).receive();
    if (message !== null) return message;
    await sleep(LOOK_EVERY_MS);
  }
  return null;
}

/** A consumer takes longer than the visibility, and acks when another has the message by then, who dies. */
async function isLostByStaleAck(contender: Contender, queue: string): Promise<boolean | null> {
  await contender.open(queue).send({ queue });
  const slow = await contender.open(queue).receive();
  const next = await receiveSoon(contender, queue);
  if (slow === null || next === null) return null;
  await slow.ack();
  return (await receiveSoon(contender, queue)) === null;
}

async function isLostByDeath(contender: Contender, queue: string): Promise<boolean> {
  await contender.open(queue).send({ queue });
  await contender.open(queue).receive();
  return (await receiveSoon(contender, queue)) === null;
}

/** The sender is a process of its own, which ends when all its sends were answered, before any delay is over. */
async function lostWithTheirSender(
  { gateway }: Bench,
  contender: Contender,
  queues: readonly string[],
): Promise<number> {
  const args = [gateway.url, gateway.token, contender.name, ...queues];
  const [code] = (await once(fork(join(import.meta.dirname, "sender.ts"), args), "exit")) as [number | null];
  if (code !== 0) throw new Error(`The sender of ${contender.name} failed.`);
  const received = await Promise.all(queues.map((queue) => receiveSoon(contender, queue)));
  return received.filter((message) => message === null).length;
}

/** "no" where the peer cannot do it. */
const countOf = (lost: readonly (boolean | null)[]): string =>
  lost.includes(null) ? "no" : String(lost.filter(Boolean).length);

export async function outcomes(bench: Bench, contenders: readonly Contender[]): Promise<Table> {
  const tries = bench.isQuick ? 3 : 20;
  const rows = await Promise.all(
    contenders.map(async (contender, i) => {
      const names = (what: string) => Array.from({ length: tries }, (_, n) => `${what}-${i}-${n}`);
      const stale = await Promise.all(names("stale").map((queue) => isLostByStaleAck(contender, queue)));
      const dead = await Promise.all(names("dead").map((queue) => isLostByDeath(contender, queue)));
      const unsent = await lostWithTheirSender(bench, contender, names("delayed"));
      return { name: contender.name, lost: [countOf(stale), countOf(dead), String(unsent)] };
    }),
  );
  const [ours] = rows;
  if (ours?.lost.some((count) => count !== "0")) throw new Error(`Sedge lost messages: ${ours.lost.join()}`);
  return {
    title: `Messages lost, of ${tries}`,
    columns: [
      "",
      "acknowledged by a receipt that was over",
      "the consumer died",
      "delayed, and the sender's process ended",
    ],
    rows: rows.map(({ name, lost }) => [name].concat(lost)),
    note: 'In the first a slow consumer acknowledges when the message is another\'s, who then dies. "no": a message that was received is never handed out again, so there is no second consumer.',
  };
}
