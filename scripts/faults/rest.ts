// Redis as an isolate has it, without the network between: what is sent in one tick is one call, which may come to harm.

import { Redis as UpstashRedis } from "@upstash/redis/cloudflare";
import { SURVEY } from "../../lib/pubsub/dispatch/scripts.ts";
import { fieldsOf } from "../../lib/pubsub/subscriptions/fields.ts";
import { createBatch } from "../../lib/redis/batch.ts";
import { createGuard } from "../../lib/redis/guard.ts";
import { createBreaker, type Redis } from "../../lib/redis/index.ts";
import { createMeter } from "../../lib/redis/meter.ts";
import { createRunner } from "../../lib/redis/runner.ts";
import { EngineError, EngineStatus, type Engine, type EngineReply } from "../../local/engine.ts";

/** What becomes of a call: it is made; it never arrives; it is made, and its answer is lost. */
export type Fortune = "made" | "refused" | "answer-lost";

export interface RestOptions {
  readonly engine: Pick<Engine, "pipeline">;
  /** Makes a call when its time has come. Its time has come at once, by default. */
  readonly call?: (make: () => Promise<unknown>) => Promise<unknown>;
  readonly now?: () => number;
  /** In which order a hash with these fields is answered: a Redis has one of its own, which no seed knows. */
  readonly order?: (field: string) => number;
}

export function openRest({ engine, call = (make) => make(), now = Date.now, order }: RestOptions): Redis {
  const upstash = new UpstashRedis({
    url: "https://redis.example",
    token: "none",
    enableAutoPipelining: false,
    automaticDeserialization: false,
    enableTelemetry: false,
    retry: { retries: 0 },
  });
  const meter = createMeter(now);
  upstash.use(async ({ body }) => {
    const all = body as readonly unknown[][];
    const commands = all.map((words) => words.map((word) => Buffer.from(String(word))));
    return (await call(async () => {
      const answers = (await engine.pipeline(commands)).map(answerOf);
      return order === undefined ? answers : answers.map((answer, i) => ordered(answer, all[i]?.[1], order));
    })) as never;
  });
  // Its faults are wanted as they are.
  const breaker = createBreaker({ failures: Number.MAX_SAFE_INTEGER, now });
  upstash.use(createGuard({ breaker, meter, timeoutMs: 500, now }));
  const send = createBatch(async (fill) => {
    const pipeline = upstash.pipeline();
    fill(pipeline);
    return pipeline.exec<unknown[]>({ keepErrors: true });
  });
  return { send, run: createRunner(send, meter), meter };
}

/** What a call that came to harm rejects with: as a cut connection does, which is not tried again. */
export const cut = (): DOMException => new DOMException("no answer", "TimeoutError");

type Answer = { readonly result: unknown } | { readonly error: string };

/** A survey with its subscriptions in order. */
function ordered(answer: Answer, sha1: unknown, order: (field: string) => number): Answer {
  if (sha1 !== SURVEY.sha1 || !("result" in answer)) return answer;
  const [due, subscriptions, ...rest] = answer.result as readonly string[][];
  if (subscriptions === undefined) return answer;
  const fields = [...fieldsOf(subscriptions)].toSorted(([a], [b]) => order(a) - order(b));
  return { result: [due, fields.flat(), ...rest] };
}

const answerOf = (reply: EngineReply): Answer =>
  reply instanceof EngineError ? { error: reply.message } : { result: valueOf(reply) };

function valueOf(reply: EngineReply): unknown {
  if (Buffer.isBuffer(reply)) return reply.toString();
  if (reply instanceof EngineStatus) return reply.text;
  if (typeof reply === "bigint") return Number(reply);
  return Array.isArray(reply) ? reply.map((each: EngineReply) => valueOf(each)) : reply;
}
