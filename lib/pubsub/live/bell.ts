// One who sleeps, woken by whatever comes first.

/** Calls `ring` after so many milliseconds. @returns what calls it off */
export type Timer = (ms: number, ring: () => void) => () => void;

export const systemTimer: Timer = (ms, ring) => {
  const timer = setTimeout(ring, ms);
  return () => clearTimeout(timer);
};

export interface Bell {
  /** Wakes who waits; with nobody waiting, the next wait is none. */
  readonly ring: () => void;
  /** Waits for the bell, and so long at most. One at a time. */
  wait(ms: number): Promise<void>;
}

/**
 * (A race of promises would do, but each race leaves something behind on the promise that lost, until that one is decided: for
 * twenty seconds here, at each event.)
 */
export function createBell(timer: Timer): Bell {
  let rung = false;
  let wake: (() => void) | undefined;

  return {
    ring() {
      rung = true;
      wake?.();
    },
    async wait(ms) {
      if (!rung && ms > 0) {
        await new Promise<void>((resolve) => {
          const off = timer(ms, resolve);
          wake = () => {
            off();
            resolve();
          };
        });
      }
      wake = undefined;
      rung = false;
    },
  };
}
