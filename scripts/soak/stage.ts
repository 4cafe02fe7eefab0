// What the traffic goes to: the program behind `npm run dev`, with ports and data of its own.

import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { DEVELOPMENT_KEY } from "../../local/dev/api-keys.ts";
import { freePorts } from "../servers/ports.ts";
import { createInterruptions, type Interruptions } from "./interruptions.ts";
import { createRest, type Rest } from "./rest.ts";

export interface StageOptions {
  /** The embedded engine, where it is not given. */
  readonly redisUrl: string | undefined;
  /** For its data; another run may have left some there. */
  readonly stateDir: string;
  readonly cronEverySeconds: number;
}

export interface Stage {
  /** The Worker's. */
  readonly url: string;
  readonly key: string;
  readonly rest: Rest;
  readonly pid: number;
  readonly interruptions: Interruptions;
  /** Lines of its output that tell of an error, but for those around an interruption. */
  readonly complaints: readonly string[];
  /** Rejects with its last lines where it ends by itself. */
  readonly fails: Promise<never>;
  close(): Promise<void>;
}

const START_MS = 60_000;
const LAST_LINES = 30;
const LAST_WORDS_MS = 3_000;
const ROOT = dirname(dirname(import.meta.dirname));
/** Wrangler's word, not the Worker's, for a connection inside it that broke; where a call went with it, that call tells. */
const BROKE = /^[^{]*Network connection lost/;
const READY = "Sedge runs;";
/** A log line of the Worker, a message of wrangler's, an answer it notes, or the runner's own. */
const COMPLAINT =
  /"level":"error"|\[ERROR\]|✘|Uncaught|\b5\d\d [A-Z][a-z]+ .*\(\d+ms\)|The scheduled function (failed|could)|Sedge ended/;

/** Resolves when the Worker answers. */
export async function startStage({ redisUrl, stateDir, cronEverySeconds }: StageOptions): Promise<Stage> {
  const [port = 0, restPort = 0] = await freePorts(2);
  const token = randomBytes(16).toString("hex");
  const child = spawn(process.execPath, ["local/dev.ts"], {
    cwd: ROOT,
    env: {
      ...process.env,
      PORT: String(port),
      REDIS_REST_PORT: String(restPort),
      SEDGE_STATE: stateDir,
      CRON_EVERY_SECONDS: String(cronEverySeconds),
      REDIS_URL: redisUrl,
      UPSTASH_REDIS_REST_URL: undefined,
      UPSTASH_REDIS_REST_TOKEN: token,
      API_KEYS: undefined,
      LIMITS: undefined,
    },
    stdio: ["ignore", "pipe", "pipe"],
    // A Ctrl-C is for the run, which then ends this.
    detached: true,
  });
  const url = `http://localhost:${port}`;
  const interruptions = createInterruptions(async () =>
    fetch(`${url}/healthz`, { method: "HEAD" }).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  let complaints: { at: number; line: string }[] = [];
  const lines: string[] = [];
  const ended = once(child, "close");
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on("line", (line) => {
      const at = performance.now();
      // What wrangler said when it died belongs to that.
      if (interruptions.hear(line)) complaints = complaints.filter((one) => at - one.at > LAST_WORDS_MS);
      else if (COMPLAINT.test(line) && !BROKE.test(line)) complaints.push({ at, line: line.slice(0, 500) });
      lines.push(line);
      if (lines.length > LAST_LINES) lines.shift();
      if (line.includes(READY)) resolve();
    });
  }
  const close = async (): Promise<void> => {
    child.kill("SIGTERM");
    await ended;
  };
  const fails = ended.then(() => Promise.reject(new Error(`npm run dev ended:\n${lines.join("\n")}`)));
  fails.catch(() => undefined);
  const late = delay(START_MS, undefined, { ref: false }).then(() =>
    Promise.reject(new Error(`npm run dev did not start in time:\n${lines.join("\n")}`)),
  );
  late.catch(() => undefined);
  try {
    await Promise.race([ready, late, fails]);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    url,
    key: DEVELOPMENT_KEY,
    rest: createRest(`http://127.0.0.1:${restPort}`, token),
    pid: child.pid ?? 0,
    interruptions,
    get complaints() {
      return complaints.map(({ line }) => line);
    },
    fails,
    close,
  };
}
