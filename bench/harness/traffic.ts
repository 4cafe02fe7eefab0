// What the gateway's process and the one that measures both know.

export const TOKEN = "bench";

/** What came since it was asked last. */
export interface Traffic {
  /** Requests one after the other; what was under way at the same time is one. */
  readonly trips: number;
  readonly requests: number;
  /** As they stand in the requests: a script is one. */
  readonly commands: number;
}
