// What no well-meaning caller sends, on every route there is: refused, and nothing else.

import { afterAll, beforeAll, expect, test } from "vitest";
import { PROBLEMS, problemType, type ProblemSlug } from "../../functions/http/problems.ts";
import { createSessions } from "../../lib/sessions/index.ts";
import { startRedis, type TestRedis } from "../support/redis.ts";
import { operationsOf, type Document, type Operation } from "./rubbish/operations.ts";
import { createRubbish, type Rubbish } from "./rubbish/requests.ts";
import { stored } from "./rubbish/stored.ts";
import { SECRET } from "./rubbish/values.ts";
import { signedIn, signUp } from "./support/browser.ts";
import { killedBehindAnswers } from "./support/killed.ts";
import { createHarness, KEYS, type Harness, type ProblemBody } from "./support/harness.ts";
import { readOpenApi } from "./support/openapi.ts";

const SEED = 20_261_102;
const REQUESTS = 3_000;
/** What is wrong with each of 1,000 scores may be said; what is wrong with more than there may be, may not. */
const MAX_REFUSAL = 150_000;

/** Nobody of the examples in /openapi.json. */
const EVE = { email: "eve@example.com", name: "Eve", password: "a password that no document has" };

let redis: TestRedis;
let harness: Harness;
let operations: Operation[];
/** The cookie of somebody who is signed in, until a request ends that. */
let token: string | undefined;
/** Everything that let somebody in: no answer says any of it. */
const credentials = new Set([KEYS.all, EVE.password]);

const seen: { operation: Operation; status: number }[] = [];
/** What went wrong, each with the request it was. */
const faults: Record<"failed" | "problem" | "told" | "long" | "written", string[]> = {
  failed: [],
  problem: [],
  told: [],
  long: [],
  written: [],
};

beforeAll(async () => {
  redis = await startRedis();
  const started = Date.now();
  harness = createHarness({
    redis,
    prefix: `${redis.prefix}rubbish`,
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
  const user = await signUp(harness, EVE);
  harness.seed();
  operations = operationsOf(readOpenApi<Document>());
  const rubbish = createRubbish(operations, SEED, ["1", user, "views", "ada"]);

  let before: string[] | undefined;
  for (let number = 0; number < REQUESTS; number += 1) {
    const request = rubbish(number);
    before ??= await settled();
    const response = await send(request);
    const text = await response.text();
    seen.push({ operation: request.operation, status: response.status });
    if (response.status < 400) before = undefined;
    else {
      const after = await now();
      if (after.join("\n") !== before.join("\n")) faults.written.push(said(request, response, text));
      before = after;
    }
    check(request, response, text);
  }
}, 120_000);
afterAll(async () => redis.close());

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

async function send({ caller, url, init }: Rubbish): Promise<Response> {
  const response = await harness.request(url, {
    ...init,
    headers: {
      ...(caller.includes("key") && { Authorization: `Bearer ${KEYS.all}` }),
      ...(caller.includes("session") && { Cookie: `__Host-session=${token}` }),
      ...init.headers,
    },
  });
  // Where the session's token has changed, or it has ended.
  if (response.ok && init.method !== "GET" && url.startsWith("/v1/session")) token = undefined;
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
  expect(harness.logs.filter(({ level }) => level === "error")).toEqual([]);
});

test.each<[string, keyof typeof faults]>([
  [`${REQUESTS} malformed requests bring no 5xx`, "failed"],
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
