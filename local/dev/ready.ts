// When the Worker is really there: not when wrangler says so, but when the Worker answers.
import { setTimeout as delay } from "node:timers/promises";

const PAUSE_MS = 50;
const ATTEMPT_TIMEOUT_MS = 2000;

/** Resolves when the Worker answers /healthz with success; rejects only when the signal aborts. */
export async function waitForWorker(workerUrl: string, signal: AbortSignal): Promise<void> {
  while (!(await answers(workerUrl, signal))) await delay(PAUSE_MS, undefined, { signal });
}

async function answers(workerUrl: string, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(new URL("/healthz", workerUrl), {
      method: "HEAD",
      signal: AbortSignal.any([signal, AbortSignal.timeout(ATTEMPT_TIMEOUT_MS)]),
    });
    return response.ok;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}
