// One pipeline for everything that is sent in the same tick.

import type { Redis as UpstashRedis } from "@upstash/redis/cloudflare";
import { replyError } from "./reply-error.ts";

export type Pipeline = ReturnType<UpstashRedis["pipeline"]>;

/** A reply of a pipeline that keeps its errors. */
interface Reply {
  result: unknown;
  error?: string | undefined;
}

interface Waiting {
  add: (pipeline: Pipeline) => unknown;
  resolve: (value: never) => void;
  reject: (reason: unknown) => void;
}

/**
 * Microtasks to wait before the pipeline goes out. Callers that start together are not all in the same microtask:
 * each `async` function or middleware between them and the client adds one to three. What is waiting for I/O
 * takes longer than any number of microtasks, so a few too many cost nothing.
 */
const MICROTASKS = 32;

async function endOfTick(): Promise<void> {
  for (let i = 0; i < MICROTASKS; i += 1) await Promise.resolve();
}

/**
 * @param exec runs one pipeline: `fill` puts the commands on it; resolves with a reply for each, in order
 * @returns `send`: one command's reply, out of the pipeline of its tick
 */
export function createBatch(exec: (fill: (pipeline: Pipeline) => void) => Promise<readonly unknown[]>) {
  let waiting: Waiting[] = [];

  async function flush(): Promise<void> {
    await endOfTick();
    const batch = waiting;
    waiting = [];
    try {
      const replies = await exec((pipeline) => {
        for (const { add } of batch) add(pipeline);
      });
      for (const [i, { resolve, reject }] of batch.entries()) {
        const { result, error } = replies[i] as Reply;
        if (error === undefined) resolve(result as never);
        else reject(replyError(error));
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  return function send<T>(add: (pipeline: Pipeline) => unknown): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (waiting.length === 0) void flush();
      waiting.push({ add, resolve, reject });
    });
  };
}
