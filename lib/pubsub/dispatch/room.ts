// How much may be kept for a subscription before it is written down: all of it goes out in one request.

/** Bytes. A request may have 10 MB, and has to be through within Redis's time-out. */
const MOST_BYTES = 2_097_152;

/** Shared by all that are served in a round. */
export interface Room {
  /** Whether there is room for another event. What has none stays in the log, for the next commit or round. */
  allows(): boolean;
  /** @param bytes more that is to be written down; negative: less */
  add(bytes: number): void;
}

export function createRoom(): Room {
  let taken = 0;
  return {
    allows: () => taken < MOST_BYTES,
    add: (bytes) => void (taken += bytes),
  };
}
