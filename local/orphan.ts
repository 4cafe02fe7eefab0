// Ending with npm. `kill` of npm ends the shell between npm and this process, and nobody tells this process.

const CHECK_MS = 250;

/**
 * Calls back once when the process that started this one is gone, where that is npm's. A process started otherwise may
 * outlive its parent: that is what people start it in the background for.
 */
export function whenOrphanedByNpm(callback: () => void): void {
  if (process.env["npm_lifecycle_event"] === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    callback();
  }, CHECK_MS);
  timer.unref();
}
