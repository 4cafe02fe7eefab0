// Starts the Worker again when it dies: wrangler ends at any connection that breaks inside it, a client's that left included.

import type { Worker } from "./worker.ts";

/** Who dies more often is not helped by another start. */
const MOST_STARTS_A_MINUTE = 3;
const MINUTE_MS = 60_000;

export interface KeepOptions {
  start: () => Worker;
  print: (line: string) => void;
  /** Milliseconds, of any clock that does not go back. */
  now?: () => number;
}

/**
 * One Worker after the other, as one. It has died when one has that never answered, or too many have in a minute.
 * What is under way when one dies fails; Redis, D1 and what they hold are not touched.
 */
export function keepWorker({ start, print, now = () => performance.now() }: KeepOptions): Worker {
  const { promise: died, resolve: die } = Promise.withResolvers<string>();
  const first = start();
  let current = first;
  let isStopped = false;

  async function keep(): Promise<void> {
    let starts = [now()];
    for (;;) {
      let hasAnswered = false;
      current.ready.then(
        () => (hasAnswered = true),
        () => undefined,
      );
      const how = await current.died;
      starts = starts.filter((at) => now() - at < MINUTE_MS);
      if (isStopped) return;
      if (!hasAnswered || starts.length >= MOST_STARTS_A_MINUTE) return die(how);
      print(`${how}: it is started again.`);
      await current.stop();
      if (isStopped) return;
      starts.push(now());
      current = start();
    }
  }
  void keep();

  return {
    url: first.url,
    ready: first.ready,
    died,
    async stop() {
      isStopped = true;
      await current.stop();
    },
  };
}
