#!/usr/bin/env node
// `npm run redis`, and `npx sedge-redis` where the package is installed: the local Redis alone, until Ctrl-C.

import { whenOrphanedByNpm } from "./orphan.ts";
import { describeRedis } from "./rest/banner.ts";
import { readRedisSettings, SettingError } from "./rest/settings.ts";
import { USAGE } from "./rest/usage.ts";
import { type RedisServer, serveRedis } from "./serve.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** On Ctrl-C the terminal tells both npm and its child, and npm passes its signal on: an echo, not a second wish. */
const ECHO_MS = 500;

// A terminal or pipe that has gone is no reason to end before the data is written.
process.stdout.on("error", () => {});
const print = (line: string) => process.stdout.write(`${line}\n`);

async function main([argument]: readonly string[]): Promise<void> {
  if (argument === "--help") return void print(USAGE);
  if (argument !== undefined) throw new SettingError(`There is no ${argument}.\n${USAGE}`);
  const settings = readRedisSettings(process.env);
  const server = await serveRedis({ ...settings, log: print, replaceGlobals: true });
  // Before anything is printed: who reads the banner may end this program at once.
  closeOnSignal(server);
  const stateDir = settings.redisUrl === undefined ? settings.stateDir : null;
  for (const line of describeRedis({ ...server, engine: server.engine.description, stateDir })) print(line);
}

function closeOnSignal(server: RedisServer): void {
  let first: number | null = null;
  const end = () => {
    first ??= performance.now();
    void server.close().then(() => process.exit(0), fail);
  };
  const onSignal = () => {
    if (first === null) end();
    else if (performance.now() - first > ECHO_MS) process.exit(1);
  };
  whenOrphanedByNpm(end);
  for (const signal of SIGNALS) process.on(signal, onSignal);
}

function fail(error: unknown): never {
  // Of a bad setting the message is all that is of use; of a fault, where it was.
  const text = error instanceof Error && !(error instanceof SettingError) ? error.stack : undefined;
  process.stderr.write(`${text ?? String(error instanceof Error ? error.message : error)}\n`);
  process.exit(1);
}

main(process.argv.slice(2)).catch(fail);
