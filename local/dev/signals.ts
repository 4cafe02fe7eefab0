// What ends the dev runner from outside.

import { whenOrphanedByNpm } from "../orphan.ts";

/** On Ctrl-C the terminal tells both npm and the runner, and npm passes its signal on: an echo, not a second wish. */
const ECHO_MS = 500;

/**
 * A signal that aborts at the first SIGINT, SIGTERM or SIGHUP, when nobody reads the output any more, or when npm,
 * having started the runner, is gone. Asked a second time, by a person who does not want to wait, the process ends
 * at once; the guards of the children see to those.
 */
export function endingSignal(): AbortSignal {
  const ending = new AbortController();
  let since = 0;
  const end = () => {
    if (!ending.signal.aborted) {
      since = performance.now();
      ending.abort();
    } else if (performance.now() - since > ECHO_MS) {
      process.exit(1);
    }
  };
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, end);
  // A closed terminal or pipe: writing to it fails from now on, and must not keep the end from being clean.
  for (const output of [process.stdout, process.stderr]) output.on("error", () => ending.abort());
  whenOrphanedByNpm(() => ending.abort());
  return ending.signal;
}
