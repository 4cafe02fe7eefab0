// Loaded into the server before its own code: collects its garbage when it is asked to, and says what it keeps.

import { setTimeout as delay } from "node:timers/promises";

/** What one collection lets go of by finalizers and closed handles, a later one frees. */
const COLLECTIONS = 8;

async function measure(): Promise<void> {
  let kept = Infinity;
  for (let times = COLLECTIONS; times > 0; times -= 1) {
    globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    kept = Math.min(kept, heapUsed + external);
    await delay(100);
  }
  process.stdout.write(`kept ${Math.round(kept / 1_024)} KiB\n`);
}

process.on("SIGUSR2", () => void measure());
