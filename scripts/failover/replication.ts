// Until when everything that a master acknowledged is with its replica.

import type { Shard } from "../cluster/cluster.ts";

export interface Replication {
  /** What was acknowledged until then, its replica has. */
  readonly until: number;
  /** Stops looking. What is under way is finished. */
  stop(): Promise<void>;
}

const LOOK_EVERY_MS = 20;

/**
 * Looks again and again how far the master's stream of writes has got, and waits until its replica has applied as much. So
 * what is known at the end is known of the replica itself, and of a moment that is over.
 */
export function watchReplication({ master, replica }: Shard, now: () => number): Replication {
  let until = Number.NEGATIVE_INFINITY;
  const stopping = new AbortController();

  async function look(): Promise<void> {
    const asked = now();
    const written = Number(await master.info("replication", "master_repl_offset"));
    while (!stopping.signal.aborted) {
      if (Number(await replica.info("replication", "slave_repl_offset")) >= written) {
        until = asked;
        return;
      }
    }
  }

  async function watch(): Promise<void> {
    while (!stopping.signal.aborted) {
      // A server that does not answer has said all it will.
      await look().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  const watching = watch();
  return {
    get until() {
      return until;
    },
    async stop() {
      stopping.abort();
      await watching;
    },
  };
}
