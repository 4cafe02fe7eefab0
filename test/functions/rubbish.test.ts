// What no well-meaning caller sends, on every route there is: refused, and nothing else.

import { afterAll, beforeAll, expect, test } from "vitest";
import { PROBLEMS, problemType, type ProblemSlug } from "../../functions/http/problems.ts";
import type { LogEntry } from "../../functions/log.ts";
import { createSessions } from "../../lib/sessions/index.ts";
import { startRedis, type TestRedis } from "../support/redis.ts";
import { operationsOf, type Document, type Operation } from "./rubbish/operations.ts";
import { createRubbish, type Rubbish } from "./rubbish/requests.ts";
import { changesOf, stored } from "./rubbish/stored.ts";
import { SECRET } from "./rubbish/values.ts";
import { signedIn, signUp } from "./support/browser.ts";
import { checkDescribed } from "./support/described.ts";
import { killedBehindAnswers } from "./support/killed.ts";
import { createHarness, KEYS, type Harness, type ProblemBody } from "./support/harness.ts";
import { readOpenApi } from "./support/openapi.ts";

/** The same ones in each run, so that a red one can be repeated; `npm run rubbish` asks for others, and for more. */
const SEED = Number(process.env["RUBBISH_SEED"] || 20_261_102);
const REQUESTS = Number(process.env["RUBBISH_REQUESTS"] || 3_000);
/** Then the next ones go to a database that is empty: what is stored is compared after each refusal. */
const ROUND = 3_000;
/** What is wrong with each of 1,000 scores may be said; what is wrong with more than there may be, may not. */
const MAX_REFUSAL = 150_000;
/** A refusal takes a tenth of that where nothing else runs; a receive that is right may wait 20 s for a message. */
const MAX_MS = 5_000;
const MAX_WAIT_MS = 20_000;

/** Nobody of the examples in /openapi.json. */
const EVE = { email: "eve@example.com", name: "Eve", password: "a password that no document has" };

let redis: TestRedis;
let harness: Harness;
const operations: Operation[] = operationsOf(readOpenApi<Document>());
/** The cookie of somebody who is signed in, until a request ends that. */
let token: string | undefined;
/** Everything that let somebody in: no answer says any of it. */
const credentials = new Set([KEYS.all, EVE.password]);

const seen: { operation: Operation; status: number }[] = [];
/** What went wrong, each with the request it was. */
const faults = {
  failed: [] as string[],
  undescribed: [] as string[],
  problem: [] as string[],
  told: [] as string[],
  long: [] as string[],
  slow: [] as string[],
  written: [] as string[],
};
/** What the log tells of as an error. */
const errors: LogEntry[] = [];
let slowestMs = 0;

beforeAll(
  async () => {
    redis = await startRedis();
    for (let number = 0; number < REQUESTS; number += ROUND) {
      const rubbish = await openRound(number);
      await sendRound(rubbish, number, Math.min(number + ROUND, REQUESTS));
      errors.push(...harness.logs.filter(({ level }) => level === "error"));
      await redis.flush();
    }
  },
  60_000 + REQUESTS * 20,
);
afterAll(async () => {
  const refused = seen.filter(({ status }) => status >= 400).length;
  process.stdout.write(
    `seed ${SEED}: ${seen.length} malformed requests, ${refused} refused, the slowest answer ${Math.round(slowestMs)} ms\n`,
  );
  await redis.close();
});

/** An isolate with a database and keys of its own. @returns what makes the requests to it */
async function openRound(first: number): Promise<(number: number) => Rubbish> {
  const started = Date.now();
  harness = createHarness({
    redis,
    prefix: `${redis.prefix}rubbish${first}`,
    // By a clock that stands no session is renewed, which a refused request may do. And nothing is delivered meanwhile.
    adapt: (services) => ({
      ...killedBehindAnswers(services),
      sessions: createSessions({
        redis: services.redis,
        prefix: services.prefix,
        waitUntil: () => undefined,
        now: () => started,
      }),
    }),
  });
  token = undefined;
  const user = await signUp(harness, EVE);
  harness.seed();
  return createRubbish(operations, SEED, ["1", user, "views", "ada"]);
}

/** Sends requests from one number up to another, and looks at each answer and at what it has left behind. */
async function sendRound(rubbish: (number: number) => Rubbish, from: number, to: number): Promise<void> {
  let before: string[] | undefined;
  for (let number = from; number < to; number += 1) {
    const request = rubbish(number);
    before ??= await settled();
    const begun = performance.now();
    const response = await send(request);
    const text = await response.text();
    const ms = performance.now() - begun;
    slowestMs = Math.max(slowestMs, ms);
    if (ms > (response.ok ? MAX_MS + MAX_WAIT_MS : MAX_MS)) {
      faults.slow.push(`${Math.round(ms)} ms: ${said(request, response, text)}`);
    }
    seen.push({ operation: request.operation, status: response.status });
    if (response.status < 400) before = undefined;
    else {
      const after = await now();
      const [change] = changesOf(before, after);
      if (change !== undefined)
        faults.written.push(`${said(request, response, text)}: ${change.slice(0, 300)}`);
      before = after;
    }
    check(request, response, text);
  }
}

/** A list of products that no request asks for: it stays in the cache, until somebody invalidates it. */
const UNTOUCHED = "untouched";

/**
 * All that is stored but the bookkeeping of limits and of idempotent calls. Of the cache no more than the entry that no
 * read brings, for a 404 of a read is kept too.
 */
const now = () =>
  stored({
    redis,
    prefix: harness.env.KEY_PREFIX ?? "",
    sql: harness.sql,
    wanted: (key) => key.includes(UNTOUCHED) || !/:(ratelimit|idempotency|cache):/.test(key),
  });

/** The same, once somebody is signed in, the entry is cached, and all work behind answers has ended. */
async function settled(): Promise<string[]> {
  token ??= (await signedIn(harness, EVE)).token;
  credentials.add(token ?? "");
  await harness.request(`/v1/products?category=${UNTOUCHED}`);
  await harness.settled();
  return now();
}

async function send(request: Rubbish): Promise<Response> {
  const { caller, url, init } = request;
  const response = await harness.app.request(url, {
    ...init,
    headers: {
      ...(caller.includes("key") && { Authorization: `Bearer ${KEYS.all}` }),
      ...(caller.includes("session") && { Cookie: `__Host-session=${token}` }),
      ...init.headers,
    },
  });
  const { href, pathname } = new URL(`http://localhost${url}`);
  // Where the session's token has changed, or it has ended.
  if (response.ok && init.method !== "GET" && pathname.startsWith("/v1/session")) token = undefined;
  await checkDescribed(init.method, href, response).catch((error: unknown) => {
    faults.undescribed.push(`${request.told}: ${String(error)}`);
  });
  return response;
}

const said = ({ told }: Rubbish, { status }: Response, text: string): string =>
  `${told} -> ${status} ${text.slice(0, 300)}`;

function check(request: Rubbish, response: Response, text: string): void {
  const fault = said(request, response, text);
  const answer = `${text}\n${[...response.headers].join("\n")}`;
  if (response.status >= 500) faults.failed.push(fault);
  if ([...credentials].some((credential) => text.includes(credential))) faults.told.push(fault);
  if (response.status < 400) return;
  if (answer.includes(SECRET)) faults.told.push(fault);
  if (answer.length > MAX_REFUSAL) faults.long.push(`${answer.length} characters: ${fault}`);
  if (!isProblem(response, request.init.method === "HEAD" ? undefined : text)) faults.problem.push(fault);
}

/** @param text of the body, where there can be one */
function isProblem({ status, headers }: Response, text: string | undefined): boolean {
  if (headers.get("Content-Type") !== "application/problem+json") return false;
  if (text === undefined) return true;
  const body = JSON.parse(text) as ProblemBody;
  const slugs = Object.keys(PROBLEMS) as ProblemSlug[];
  const known = slugs.find((slug) => problemType(slug) === body.type);
  return (
    known !== undefined &&
    body.title === PROBLEMS[known].title &&
    body.status === status &&
    PROBLEMS[known].status === status &&
    // What was kept of an earlier request has that one's.
    (body.instance === headers.get("X-Request-Id") || headers.has("Idempotency-Replayed"))
  );
}

test(`${REQUESTS} malformed requests bring no error to the logs`, () => {
  expect(errors.slice(0, 5), `${errors.length} of them`).toEqual([]);
});

test.each<[string, keyof typeof faults]>([
  [`${REQUESTS} malformed requests bring no 5xx`, "failed"],
  ["every answer is one that /openapi.json describes", "undescribed"],
  [
    `no refusal takes longer than ${MAX_MS / 1_000} s, and no answer so much longer than it was asked to`,
    "slow",
  ],
  ["what is refused is refused as problem+json that names its kind, its status and the request", "problem"],
  ["no refusal repeats what was sent, and no answer says a key, a password or a session's token", "told"],
  ["no refusal goes on and on, however much is wrong", "long"],
  ["what is refused has written nothing, neither to D1 nor to Redis", "written"],
])("%s", (_, kind) => {
  // The first of them: the others are often the same.
  expect(faults[kind].slice(0, 5), `${faults[kind].length} of them`).toEqual([]);
});

test("they are refused in every way there is, on every route, and mostly for what is in them", () => {
  const refused = seen.filter(({ status }) => status >= 400);
  expect(refused.length).toBeGreaterThan(REQUESTS * 0.6);
  const statuses = [...new Set(refused.map(({ status }) => status))];
  expect(statuses).toEqual(expect.arrayContaining([400, 401, 403, 404, 405, 413, 415]));
  for (const { id, examples, parameters } of operations) {
    const bad = seen.filter(({ operation, status }) => operation.id === id && status === 400).length;
    const takes = examples.length > 0 || parameters.some(({ in: where }) => where !== "header");
    expect(bad, id).toBeGreaterThanOrEqual(takes ? 1 : 0);
  }
});
