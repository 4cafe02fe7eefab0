/** A clock that stands until it is moved. */
export interface Clock {
  readonly now: () => number;
  readonly advance: (seconds: number) => void;
}

export function createClock(start = Date.now()): Clock {
  let at = start;
  return {
    now: () => at,
    advance: (seconds) => {
      at += seconds * 1_000;
    },
  };
}
