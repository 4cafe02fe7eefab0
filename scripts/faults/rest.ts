// Redis as an isolate has it, without the network between: what is sent in one tick is one call, which may come to harm.

import { Redis as UpstashRedis } from "@upstash/redis/cloudflare";
import { createBatch } from "../../lib/redis/batch.ts";
import { createGuard } from "../../lib/redis/guard.ts";
import { createBreaker, type Redis } from "../../lib/redis/index.ts";
import { createMeter } from "../../lib/redis/meter.ts";
import { createRunner } from "../../lib/redis/runner.ts";
import { EngineError, EngineStatus, type Engine, type EngineReply } from "../../local/engine.ts";

/** What becomes of a call: it is made; it never arrives; it is made, and its answer is lost. */
export type Fortune = "made" | "refused" | "answer-lost";

export interface RestOptions {
  readonly engine: Engine;
  /** Makes a call when its time has come. Its time has come at once, by default. */
  readonly call?: (make: () => Promise<unknown>) => Promise<unknown>;
  readonly now?: () => number;
}

export function openRest({ engine, call = (make) => make(), now = Date.now }: RestOptions): Redis {
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
    const commands = (body as readonly unknown[][]).map((words) => words.map((word) => Buffer.from(String(word))));
    return (await call(async () => (await engine.pipeline(commands)).map(answerOf))) as never;
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

const answerOf = (reply: EngineReply): { result: unknown } | { error: string } =>
  reply instanceof EngineError ? { error: reply.message } : { result: valueOf(reply) };

function valueOf(reply: EngineReply): unknown {
  if (Buffer.isBuffer(reply)) return reply.toString();
  if (reply instanceof EngineStatus) return reply.text;
  if (typeof reply === "bigint") return Number(reply);
  return Array.isArray(reply) ? reply.map((each: EngineReply) => valueOf(each)) : reply;
}
