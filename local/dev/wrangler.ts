// How wrangler is called: quietly, without questions, and with all its traces below the state directory.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { devNull } from "node:os";
import type { DevSettings } from "./settings.ts";

/** The Worker listens here alone. */
export const WORKER_HOST = "127.0.0.1";

export interface RedisAddress {
  url: string;
  token: string;
}

/** Where wrangler keeps D1 and its caches. */
export function workerStateDir(stateDir: string): string {
  return join(stateDir, "worker");
}

/** What to run, to be followed by wrangler's own arguments. */
export function wranglerCommand(): { command: string; script: string } {
  const manifest = createRequire(import.meta.url).resolve("wrangler/package.json");
  return { command: process.execPath, script: join(dirname(manifest), "bin", "wrangler.js") };
}

/** `wrangler dev` for these settings. */
export function wranglerDevArgs({ port, stateDir, limits }: DevSettings): string[] {
  return [
    "dev",
    `--port=${port}`,
    `--ip=${WORKER_HOST}`,
    // Any free one: a second runner, or another project's, may hold the usual port.
    "--inspector-port=0",
    "--show-interactive-dev-session=false",
    `--persist-to=${workerStateDir(stateDir)}`,
    // No .dev.vars or .env: the settings are what the environment says, and nothing else.
    `--env-file=${devNull}`,
    `--var=LIMITS:${limits}`,
    // Plain http: the session's cookie is not Secure here.
    "--var=DEVELOPMENT:true",
    // Webhooks may go to a receiver on this machine.
    "--var=WEBHOOKS_LOCAL:true",
    // Mail is shown and written to a file, whoever it comes from.
    "--var=MAIL_FROM:sedge@localhost",
    // None are counted here; so many let a burst of events be delivered at once, as on the paid plan.
    "--var=SUBREQUESTS:1000",
    // Everything shares one machine, whose processors a hashed password keeps busy for half a second.
    "--var=REDIS_TIMEOUT_MS:2000",
  ];
}

/** The environment of any wrangler started here: no telemetry, no look-ups in the internet, no log files. */
export function wranglerEnv(base: NodeJS.ProcessEnv, stateDir: string): NodeJS.ProcessEnv {
  return {
    ...base,
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_SEND_ERROR_REPORTS: "false",
    // The banner is what asks the registry for a newer version.
    WRANGLER_HIDE_BANNER: "true",
    WRANGLER_WRITE_LOGS: "false",
    WRANGLER_CACHE_DIR: join(workerStateDir(stateDir), "cache"),
    // Two runners at once are two Workers of the same name: neither shall see the other.
    WRANGLER_REGISTRY_PATH: join(workerStateDir(stateDir), "registry"),
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
  };
}

/** The Worker's secrets, which wrangler takes from its environment: so they are in no file and no argument. */
export function workerSecrets(redis: RedisAddress, apiKeys: string): NodeJS.ProcessEnv {
  return {
    UPSTASH_REDIS_REST_URL: redis.url,
    UPSTASH_REDIS_REST_TOKEN: redis.token,
    API_KEYS: apiKeys,
  };
}
