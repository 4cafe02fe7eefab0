// What the REST server needs of a Redis. Two stand behind it: the embedded one and a Redis by URL.

/** One command as it goes over the wire: the name first, every argument as bytes. */
export type EngineCommand = readonly Buffer[];

/**
 * A reply in RESP2's shapes: null, integer, bulk string (Buffer), status (`OK`, `QUEUED`…), error, array.
 * An integer beyond 2^53 is a bigint, so that nothing is rounded.
 */
export type EngineReply =
  | null
  | number
  | bigint
  | Buffer
  | EngineStatus
  | EngineError
  | readonly EngineReply[];

/** A simple string (`+OK`), which REST's base64 leaves as it is only at the top level. */
export class EngineStatus {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** An error reply (`-WRONGTYPE …`). A value, not an exception: one failing command never ends its pipeline. */
export class EngineError {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

/** A message of Redis's own Pub/Sub. `pattern` stands where the subscription was by pattern. */
export interface EngineMessage {
  pattern: string | null;
  channel: string;
  payload: Buffer;
}

/** Ends a subscription. Safe to call twice. */
export type Unsubscribe = () => void;

export interface Engine {
  /** For people: `embedded (js-redis-server 0.3.0)`, `redis://127.0.0.1:6379 (Redis 7.0.15)`. Never a password. */
  readonly description: string;

  /**
   * Runs commands in order, each on its own (a pipeline, or a single command as a list of one): one reply per
   * command, errors as values. Between two of them other clients' commands may run.
   * Rejects only when the Redis behind cannot be reached within the time-out. Where a node of a Cluster alone cannot, its
   * commands are errors in their places (`CLUSTERDOWN`).
   */
  pipeline(commands: readonly EngineCommand[]): Promise<EngineReply[]>;

  /**
   * Runs the commands as one transaction. A run-time error stands in its own place; a transaction refused as a
   * whole (a command that cannot be queued) is a single EngineError.
   */
  transaction(commands: readonly EngineCommand[]): Promise<EngineReply[] | EngineError>;

  /** Redis's SUBSCRIBE or PSUBSCRIBE; resolves when the subscription stands, with the number of channels. */
  subscribe(
    kind: "subscribe" | "psubscribe",
    channels: readonly string[],
    listener: (message: EngineMessage) => void,
  ): Promise<Unsubscribe>;

  /** Redis's MONITOR: one line per command, as Redis writes it (`1700000000.123456 [0 127.0.0.1:1] "GET" "k"`). */
  monitor(listener: (line: string) => void): Promise<Unsubscribe>;

  /** Writes what is to be kept and closes every connection. Safe to call twice. */
  close(): Promise<void>;
}
