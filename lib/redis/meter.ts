// What a request has cost: trips, commands, milliseconds.

/** Counts one request's use of Redis. */
export interface Meter {
  /** Times the request had to wait for Redis; what is under way at the same time is one trip. */
  readonly trips: number;
  /** HTTP requests sent to the REST server. */
  readonly requests: number;
  /** Commands as they are billed: each one of a pipeline, a script as itself and what it calls at most. */
  readonly commands: number;
  /** Milliseconds during which at least one request was under way. */
  readonly durationMs: number;
  /** The value of a `Server-Timing` header: `redis;dur=12.3;desc="trips=1 commands=4"`. */
  serverTiming(): string;
}

/** A meter with what the client calls to move it. */
export interface RunningMeter extends Meter {
  /** A request goes out. Returns what to call when it has ended. */
  begin(commands: number): () => void;
  /** Commands beyond those on the wire: what scripts call inside Redis. */
  add(commands: number): void;
}

export function createMeter(now: () => number = Date.now): RunningMeter {
  let trips = 0;
  let requests = 0;
  let commands = 0;
  let durationMs = 0;
  let underWay = 0;
  let since = 0;

  return {
    get trips() {
      return trips;
    },
    get requests() {
      return requests;
    },
    get commands() {
      return commands;
    },
    get durationMs() {
      return durationMs;
    },
    serverTiming: () => `redis;dur=${durationMs.toFixed(1)};desc="trips=${trips} commands=${commands}"`,
    add(count) {
      commands += count;
    },
    begin(count) {
      if (underWay === 0) {
        trips += 1;
        since = now();
      }
      underWay += 1;
      requests += 1;
      commands += count;
      return () => {
        underWay -= 1;
        if (underWay === 0) durationMs += now() - since;
      };
    },
  };
}
