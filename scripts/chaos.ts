// `npm run chaos`: the local REST server among clients that cut, crawl, lie about lengths, send garbage, read slowly or leave,
// and then among ten thousand connections; on its embedded engine or before the Redis that REDIS_URL names.
//
// npm run chaos -- [--seed 1] [--rounds 3] [--moves 100] [--connections 10000]
//
// It must answer everybody else meanwhile, and have neither sockets nor subscriptions nor memory left over.

import { parseArgs } from "node:util";
import { runChaos } from "./chaos/run.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    rounds: { type: "string", default: "3" },
    moves: { type: "string", default: "100" },
    connections: { type: "string", default: "10000" },
  },
});
const [seed, rounds, moves, connections] = [values.seed, values.rounds, values.moves, values.connections].map(
  Number,
) as [number, number, number, number];

const begun = performance.now();
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const wrong = await runChaos({ seed, rounds, moves, connections, print });
for (const line of wrong.slice(0, 20)) print(`Wrong: ${line}`);
const seconds = Math.round((performance.now() - begun) / 1_000);
print(`Seed ${seed}, ${seconds} s: ${wrong.length === 0 ? "all is well" : `${wrong.length} wrong`}.`);
// Readers that were left in the middle of an answer keep their sockets, which is what they are for.
process.exit(wrong.length === 0 ? 0 : 1);
