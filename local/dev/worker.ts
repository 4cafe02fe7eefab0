// The Worker under `wrangler dev`: started, known to answer, and known to be dead.

import type { Child } from "./child.ts";
import { startChild } from "./child.ts";
import { isWorthShowing, tellsOfRestart } from "./output.ts";
import { waitForWorker } from "./ready.ts";
import type { DevSettings } from "./settings.ts";
import {
  type RedisAddress,
  workerSecrets,
  wranglerCommand,
  wranglerDevArgs,
  wranglerEnv,
} from "./wrangler.ts";

export interface Worker {
  url: string;
  /** Resolves when the Worker answers. */
  ready: Promise<void>;
  /** Resolves when it has died: how, for people. */
  died: Promise<string>;
  /** Ends it and all its processes; resolves when none is left. */
  stop: () => Promise<void>;
}

export interface WorkerOptions {
  settings: DevSettings;
  redis: RedisAddress;
  /** The repository's root. */
  root: string;
  env: NodeJS.ProcessEnv;
  print: (line: string) => void;
  signal: AbortSignal;
}

/** How long a restarted workerd may take to answer. */
const RESTART_MS = 5000;

/** Starts `wrangler dev`, once. */
export function startWorker({ settings, redis, root, env, print, signal }: WorkerOptions): Worker {
  const url = `http://localhost:${settings.port}`;
  const { promise: lost, resolve: lose } = Promise.withResolvers<string>();

  // When workerd dies wrangler starts another, but may not reach the Worker through it: then all requests hang.
  const probe = () => {
    waitForWorker(url, AbortSignal.any([signal, AbortSignal.timeout(RESTART_MS)])).catch(() => {
      if (signal.aborted) return;
      lose("workerd died, and wrangler dev does not answer through the one it started instead");
    });
  };

  const child: Child = startChild({
    command: wranglerCommand().command,
    args: [wranglerCommand().script, ...wranglerDevArgs(settings)],
    cwd: root,
    env: { ...wranglerEnv(env, settings.stateDir), ...workerSecrets(redis, settings.apiKeys) },
    onLine: (line) => {
      if (tellsOfRestart(line)) probe();
      if (isWorthShowing(line)) print(line);
    },
  });

  const ended = child.ended.then((how) => `wrangler dev died (${how})`);
  return { url, ready: waitForWorker(url, signal), died: Promise.race([lost, ended]), stop: child.stop };
}
