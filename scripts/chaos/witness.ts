// A client that does nothing wrong, beside all that do: how long it waits for its answers.

import { setTimeout as pause } from "node:timers/promises";
import { open, request, type Wire } from "./wire.ts";

const BETWEEN_MS = 20;

export interface Witness {
  /** Milliseconds of each answer since the last call of this. */
  took(): number[];
  readonly failures: readonly string[];
  stop(): Promise<void>;
}

/** @param key counts its requests, so that each has to be answered in its turn */
export function beginWitness(port: number, token: string, key: string): Witness {
  const ending = new AbortController();
  let count = 0;
  let times: number[] = [];
  const failures: string[] = [];
  const asked = request(token, { path: "/pipeline", body: JSON.stringify([["INCR", key], ["PING"]]) });

  async function watch(): Promise<void> {
    while (!ending.signal.aborted) {
      const wire = await open({ port });
      // A connection for so many requests, then another: both have to be had.
      for (let requests = 1; requests <= 50 && !ending.signal.aborted; requests += 1)
        await ask(wire, requests);
      wire.leave("end");
    }
  }

  async function ask(wire: Wire, number: number): Promise<void> {
    const begun = performance.now();
    wire.write(asked);
    const answer = (await wire.answers(number))[number - 1];
    times.push(performance.now() - begun);
    count += 1;
    const expected = JSON.stringify([{ result: count }, { result: "PONG" }]);
    if (answer?.status !== 200 || answer.body !== expected)
      failures.push(`${count}: ${answer?.body ?? "none"}`);
    await pause(BETWEEN_MS);
  }

  const watching = watch().catch((error: unknown) => void failures.push(String(error)));
  return {
    took() {
      const taken = times;
      times = [];
      return taken;
    },
    failures,
    async stop() {
      ending.abort();
      await watching;
    },
  };
}
