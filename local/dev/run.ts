// The order in which things start and end. Whatever fails or is told to end, all that was started before it ends.

import { serveRedis } from "../serve.ts";
import { banner } from "./banner.ts";
import { runCron } from "./cron.ts";
import { prepareDatabase } from "./database.ts";
import { keepWorker } from "./keep.ts";
import { requireFreePort } from "./ports.ts";
import type { DevSettings, RedisSetting } from "./settings.ts";
import { StartError } from "./start-error.ts";
import { startWorker } from "./worker.ts";
import { type RedisAddress, WORKER_HOST } from "./wrangler.ts";

export interface DevOptions {
  settings: DevSettings;
  /** The repository's root. */
  root: string;
  /** What the paths in the first lines are relative to. */
  cwd: string;
  env: NodeJS.ProcessEnv;
  print: (line: string) => void;
  /** Aborts when the runner is told to end. */
  signal: AbortSignal;
}

/**
 * Runs Sedge for development until told to end.
 * @returns what died, where it ended by itself; null when the signal ended it
 * @throws SettingError for a taken port; StartError for a Redis that cannot be reached, a state directory in use, a migration
 * that failed
 */
export async function runDev({
  settings,
  root,
  cwd,
  env,
  print,
  signal,
}: DevOptions): Promise<string | null> {
  await using closing = new AsyncDisposableStack();
  const ending = new AbortController();
  const until = AbortSignal.any([signal, ending.signal]);
  const { stateDir, cronEverySeconds: everySeconds } = settings;

  await requireFreePort(WORKER_HOST, settings.port, "PORT");
  const redis = await openRedis(settings.redis, stateDir, print);
  closing.defer(redis.close);
  try {
    await prepareDatabase({ root, stateDir, env, signal: until });
    const start = () => startWorker({ settings, redis, root, env, print, signal: until });
    const worker = keepWorker({ start, print });
    closing.defer(worker.stop);
    closing.defer(() => ending.abort());
    const running = worker.ready.then(async () => {
      print(banner({ settings, workerUrl: worker.url, redisUrl: redis.url, engine: redis.engine, cwd }));
      await runCron({ workerUrl: worker.url, everySeconds, report: print, signal: until });
      return null;
    });
    return await Promise.race([worker.died, running]);
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  }
}

interface OpenRedis extends RedisAddress {
  /** What serves it here; null where it is somebody else's. */
  engine: string | null;
  close: () => Promise<void>;
}

async function openRedis(
  redis: RedisSetting,
  stateDir: string,
  log: (line: string) => void,
): Promise<OpenRedis> {
  if (redis.kind === "remote") {
    return { url: redis.url, token: redis.token, engine: null, close: () => Promise.resolve() };
  }
  const { host, port, token, redisUrl } = redis;
  await requireFreePort(host, port, "REDIS_REST_PORT");
  const server = await serveRedis({ redisUrl, stateDir, host, port, token, log }).catch((cause: unknown) => {
    throw new StartError(cause instanceof Error ? cause.message : String(cause), { cause });
  });
  return { url: server.url, token, engine: server.engine.description, close: () => server.close() };
}
