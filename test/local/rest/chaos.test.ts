// The REST server among clients that misbehave, for a moment. `npm run chaos` does it for longer, and with 10,000 connections.

import { expect, test } from "vitest";
import { runChaos } from "../../../scripts/chaos/run.ts";

const print = (text: string): void => void process.stdout.write(`${text}\n`);

test(
  "clients that cut, crawl, lie, send garbage, read slowly or leave, and 300 connections: others are answered, nothing is left over, half a body runs nothing",
  { timeout: 60_000 },
  async () => {
    expect(await runChaos({ seed: 1, rounds: 1, moves: 12, connections: 300, print })).toEqual([]);
  },
);
