// The first lines of `npm run dev`: what runs where, and what to do with it.

import { isAbsolute, relative } from "node:path";
import { DEFAULT_TOKEN } from "../rest/app.ts";
import { DEVELOPMENT_KEY } from "./api-keys.ts";
import type { DevSettings, RedisSetting } from "./settings.ts";
import { workerStateDir } from "./wrangler.ts";

export interface BannerOptions {
  settings: DevSettings;
  workerUrl: string;
  redisUrl: string;
  /** What serves Redis here; null where it is somebody else's. */
  engine: string | null;
  /** What paths are shown relative to. */
  cwd: string;
}

type Row = readonly [name: string, text: string];

const WIDE_LIMITS = "a thousand times as wide (LIMITS=production: the real ones)";

/** The text, without a line break at its end. A token of one's own is not shown. */
export function banner({ settings, workerUrl, redisUrl, engine, cwd }: BannerOptions): string {
  const { redis, stateDir, cronEverySeconds, limits } = settings;
  const shown = (path: string) => (isInside(cwd, path) ? relative(cwd, path) || "." : path);
  const rows: readonly Row[] = [
    ["Worker", `${workerUrl} (wrangler dev; reloads when the sources change)`],
    ["Redis REST", `${redisUrl} (token: ${shownToken(redis.token)})`],
    ...redisRows(redis, engine, shown(stateDir)),
    ["D1", `${shown(workerStateDir(stateDir))}, migrated and seeded`],
    ["Cron", `fires the scheduled function every ${cronEverySeconds} s`],
    ["Mail", "is not sent: each is shown here, with the file of its text"],
    ["Limits", limits === "production" ? "as in production" : WIDE_LIMITS],
    ["API key", `${DEVELOPMENT_KEY} (every scope)`],
    ["Try", `curl -i ${workerUrl}/v1/products/1`],
  ];
  const lines = rows.map(([name, text]) => `  ${name.padEnd(12)}${text}`);
  return ["Sedge runs; Ctrl-C ends all of it.", ...lines].join("\n");
}

function redisRows(redis: RedisSetting, engine: string | null, stateDir: string): readonly Row[] {
  if (redis.kind === "remote" || engine === null) {
    return [["Engine", "none here: UPSTASH_REDIS_REST_URL is set"]];
  }
  if (redis.redisUrl !== undefined) {
    return [["Engine", `${engine} (unset REDIS_URL for the embedded one)`]];
  }
  return [
    ["Engine", engine],
    ["Data", `${stateDir}, kept across restarts (SEDGE_STATE moves it)`],
    ["Real Redis", "REDIS_URL=redis://127.0.0.1:6379 npm run dev"],
  ];
}

function shownToken(token: string): string {
  return token === DEFAULT_TOKEN ? DEFAULT_TOKEN : "your own, from UPSTASH_REDIS_REST_TOKEN";
}

function isInside(dir: string, path: string): boolean {
  const way = relative(dir, path);
  return !way.startsWith("..") && !isAbsolute(way);
}
