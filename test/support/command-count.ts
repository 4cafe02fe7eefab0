// Counts the commands a Redis runs, those inside scripts too, by its MONITOR.

import type { Engine } from "../../local/engine.ts";

export interface CommandCount {
  /** How many commands on this file's keys ran while `work` did. */
  during(work: () => Promise<unknown>): Promise<number>;
  close(): void;
}

/** Counts only what names `prefix`: a Redis may be shared with other test files. */
export async function createCommandCount({
  engine,
  prefix,
}: {
  engine: Engine;
  prefix: string;
}): Promise<CommandCount> {
  let lines: string[] = [];
  let wake: (() => void) | undefined;
  const stop = await engine.monitor((line) => {
    if (!line.includes(prefix)) return;
    lines.push(line);
    wake?.();
  });

  /** MONITOR's lines come when they come: a mark behind the work tells when all of it is there. */
  async function seen(mark: string): Promise<void> {
    await engine.pipeline([[Buffer.from("GET"), Buffer.from(`${prefix}${mark}`)]]);
    while (!lines.some((line) => line.includes(`${prefix}${mark}`))) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }

  return {
    async during(work) {
      await seen(`begin:${Math.random()}`);
      lines = [];
      await work();
      await seen(`end:${Math.random()}`);
      return lines.length - 1;
    },
    close: stop,
  };
}
