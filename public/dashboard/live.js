// A pattern's events, followed for as long as the page is open: whatever ends the stream, it goes on behind the last event.

import { url } from "./api.js";
import { readStream } from "./event-stream.js";

/** Where a stream ends in good order, the Worker asks for so long a wait. */
const RESUME_MS = 1_000;
const MOST_WAIT_MS = 30_000;

/**
 * @typedef {{ id: string, channel: string, type: string | null, key: string | null, data: unknown, at: string }} SedgeEvent
 * @typedef {{ kind: "connecting" } | { kind: "live" } | { kind: "away" } | { kind: "refused", status: number }} LiveState
 */

/**
 * @param {object} options
 * @param {string} options.key
 * @param {(event: SedgeEvent) => void} options.onEvent
 * @param {() => void} options.onGap events are missing: the log no longer had them
 * @param {(state: LiveState) => void} options.onState
 */
export function createLive({ key, onEvent, onGap, onState }) {
  let stop = new AbortController();
  /** @type {(() => void) | null} */
  let wake = null;

  /** @param {string} pattern @param {string} from @param {AbortSignal} signal */
  async function follow(pattern, from, signal) {
    let after = from;
    let failures = 0;
    while (!signal.aborted) {
      onState({ kind: "connecting" });
      const status = await readStream(`${url`/v1/channels/${pattern}/events`}?after=${after}`, {
        key,
        signal,
        onOpen: () => {
          failures = 0;
          onState({ kind: "live" });
        },
        onMessage: (message) => {
          if (signal.aborted) return;
          if (message.id !== undefined) after = message.id;
          if (message.event === "gap" && message.id === undefined) onGap();
          else if (message.data !== "") onEvent(JSON.parse(message.data));
        },
      }).catch(() => 0);
      if (signal.aborted) return;
      // What the Worker refuses for good it would refuse again.
      if (status >= 400 && status < 500 && status !== 429) return onState({ kind: "refused", status });
      if (status !== 200) {
        failures += 1;
        onState({ kind: "away" });
      }
      await pause(Math.min(RESUME_MS * 2 ** failures, MOST_WAIT_MS), signal);
    }
  }

  /** @param {number} ms @param {AbortSignal} signal @returns {Promise<void>} */
  const pause = (ms, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      const end = () => {
        clearTimeout(timer);
        resolve();
      };
      wake = end;
      signal.addEventListener("abort", end, { once: true });
    });

  return {
    /** Follows this pattern and no other. @param {string} pattern @param {string} after an event's id, or `0` */
    follow(pattern, after) {
      stop.abort();
      stop = new AbortController();
      void follow(pattern, after, stop.signal);
    },
    /** Tries again at once, where it waits to. */
    wake: () => wake?.(),
    stop: () => stop.abort(),
  };
}
