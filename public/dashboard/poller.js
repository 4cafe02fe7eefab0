// What must be asked for again and again is asked for gently: while somebody looks, and more and more seldom while it fails.

/** @typedef {{ well: boolean, waitSeconds: number }} RoundOutcome `waitSeconds`: what the Worker asked to wait at least */

/**
 * @param {object} options
 * @param {() => Promise<RoundOutcome>} options.round
 * @param {number} [options.everyMs] from the end of one round to the next. 10 s
 * @param {number} [options.retryMs] after a round that failed, and each time twice as long. 5 s
 * @param {number} [options.mostMs] while rounds fail: 30 s
 */
export function createPoller({ round, everyMs = 10_000, retryMs = 5_000, mostMs = 30_000 }) {
  let isOn = false;
  let isRunning = false;
  let failures = 0;
  let dueAt = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  async function run() {
    if (isRunning) return;
    isRunning = true;
    let outcome = { well: false, waitSeconds: 0 };
    try {
      outcome = await round();
    } finally {
      isRunning = false;
      const waitMs = outcome.well ? everyMs : Math.min(retryMs * 2 ** failures, mostMs);
      failures = outcome.well ? 0 : failures + 1;
      dueAt = Date.now() + Math.max(waitMs, outcome.waitSeconds * 1_000);
      schedule();
    }
  }

  function schedule() {
    clearTimeout(timer);
    if (isOn && !document.hidden) timer = setTimeout(run, Math.max(0, dueAt - Date.now()));
  }

  document.addEventListener("visibilitychange", schedule);
  return {
    start() {
      isOn = true;
      schedule();
    },
    stop() {
      isOn = false;
      clearTimeout(timer);
    },
  };
}
