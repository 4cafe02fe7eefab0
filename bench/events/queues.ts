// What sending and receiving cost.

import type { Bench } from "../harness/bench.ts";
import { compare, type Contestant } from "../harness/compare.ts";
import type { Table } from "../harness/table.ts";
import type { Contender, IsolateQueue } from "./contenders.ts";

const BODY = { kind: "thumbnail", image: 7, sizes: [64, 256, 1_024] };

async function receiveAndAck(name: string, queue: IsolateQueue): Promise<void> {
  const message = await queue.receive();
  if (message === null) throw new Error(`${name} lost a message.`);
  await message.ack();
}

function sending({ name, open }: Contender): Contestant {
  const queue = open("sent");
  return { name, run: () => queue.send(BODY) };
}

function receiving({ name, open }: Contender): Contestant {
  const queue = open("received");
  return { name, prepare: () => queue.send(BODY), run: () => receiveAndAck(name, queue) };
}

export async function queueTables(
  bench: Bench,
  [ours, ...others]: readonly [Contender, ...Contender[]],
): Promise<Table[]> {
  const rounds = [200, 30, 12] as const;
  return [
    await compare(bench, {
      title: "Send a message",
      contestants: [sending(ours), ...others.map(sending)],
      rounds,
    }),
    await compare(bench, {
      title: "Receive a message and acknowledge it",
      contestants: [receiving(ours), ...others.map(receiving)],
      rounds,
    }),
  ];
}
