// Redis away: what a caller is answered, and after how long.

import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Table } from "../harness/table.ts";
import { createClient, type Contender, type Limit } from "./contender.ts";
import { flexible } from "./flexible.ts";
import { honoRateLimiter } from "./hono-rate-limiter.ts";
import { sedge } from "./sedge.ts";
import { upstashRatelimit } from "./upstash.ts";

const BOUND_MS = 10_000;
const CALLS = 6;
/** Below those that are given out, and assigned to nothing: no other process of the machine listens there by chance. */
const NOBODY = "http://127.0.0.1:10";
/** What @upstash/redis does by itself. */
const RETRIES = 5;
const TIMEOUT_MS = 250;

const LIMIT: Limit = { name: "away", limit: 1_000, windowSeconds: 60, algorithm: "fixed" };

const OURS = [
  { contender: sedge({ name: "Sedge, `failure: closed`", isBounded: true }), status: 503 },
  {
    contender: sedge({ name: "Sedge, `failure: open`", isBounded: true, failure: "open" }),
    status: 200,
  },
] as const;
const CONTENDERS: readonly Contender[] = [
  ...OURS.map(({ contender }) => contender),
  upstashRatelimit({ told: ", as it comes", retries: RETRIES }),
  upstashRatelimit({ told: `, timeout ${TIMEOUT_MS} ms`, retries: RETRIES, timeoutMs: TIMEOUT_MS }),
  honoRateLimiter({ retries: RETRIES }),
  flexible({ told: ", as it comes", retries: RETRIES }),
  flexible({ told: `, insured after ${TIMEOUT_MS} ms`, retries: RETRIES, insuredAfterMs: TIMEOUT_MS }),
];

interface Answer {
  /** Null: none within the bound. */
  readonly status: number | null;
  readonly ms: number;
}

async function listening(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return `http://127.0.0.1:${address.port}`;
}

/** The answers to calls, one after the other. The last one shows what was learnt from those before. */
async function answersOf({ open }: Contender, url: string, calls: number): Promise<Answer[]> {
  const { call } = createClient(open({ url, token: "none" }, [LIMIT]));
  const answers: Answer[] = [];
  const end = performance.now() + BOUND_MS;
  while (answers.length < calls && performance.now() < end) {
    const started = performance.now();
    const bound = new AbortController();
    const late = sleep(BOUND_MS, null, { signal: bound.signal }).catch(() => null);
    const status = await Promise.race([call("ada"), late]);
    bound.abort();
    answers.push({ status, ms: performance.now() - started });
  }
  return answers;
}

const meaning = (status: number | null): string => {
  if (status === 200) return "allowed";
  if (status === 429) return "429";
  if (status === 503) return "503";
  return status === null ? `no answer in ${BOUND_MS} ms` : "throws";
};

function cell(answers: readonly Answer[]): string {
  const [first] = answers;
  if (first === undefined) return "";
  if (first.status === null) return meaning(null);
  const last = answers.at(-1) ?? first;
  const then = answers.length > 1 ? `; then ${meaning(last.status)}, ${last.ms.toFixed(0)} ms` : "";
  return `${meaning(first.status)}, ${first.ms.toFixed(0)} ms${then}`;
}

/** @throws where Sedge does not answer as its policy says, or too late */
function check(contender: Contender, answers: readonly Answer[]): void {
  const expected = OURS.find((ours) => ours.contender === contender)?.status;
  if (expected === undefined) return;
  // A busy machine gets as much again, and more.
  const isRight = answers.every(({ status, ms }) => status === expected && ms < 4 * TIMEOUT_MS);
  if (!isRight) throw new Error(`${contender.name} answered ${JSON.stringify(answers)}.`);
}

export async function away({ isQuick }: { isQuick: boolean }): Promise<Table> {
  const calls = isQuick ? 1 : CALLS;
  const silent = createServer(() => undefined);
  const failing = createServer((_request, response) => {
    response.writeHead(500, { "Content-Type": "application/json" }).end('{"error":"ERR internal"}');
  });
  const urls = [NOBODY, await listening(silent), await listening(failing)];
  try {
    const rows = await Promise.all(
      CONTENDERS.map(async (contender) => {
        const answers = await Promise.all(urls.map((url) => answersOf(contender, url, calls)));
        for (const ofOne of answers) check(contender, ofOne);
        return [contender.name].concat(answers.map(cell));
      }),
    );
    return {
      title: "Redis away",
      columns: ["", "nobody listens", "no answer", "HTTP 500"],
      rows,
      note:
        "The answer to the first call, and to the last of six, or of those begun within 10 s. The peers' client tries " +
        `${RETRIES} times more, as it does by itself. Sedge's bound is ${TIMEOUT_MS} ms, and then its breaker's; ` +
        "*insured* is RLWrapperTimeouts with a limiter in the isolate's memory, which counts each isolate alone.",
    };
  } finally {
    for (const server of [silent, failing]) {
      server.closeAllConnections();
      server.close();
    }
  }
}
