// The Lua VM, made anew when a script broke it.
//
// The library keeps one VM (WebAssembly) for the life of the server. A trap, as on running out of memory or on recursion
// too deep inside cjson, breaks it for every later script.

import { createHash } from "node:crypto";
import { createRedisLuaRuntime, setLuaWasmLoadOptions } from "js-redis-server/core";
import type {
  CompatibilityProfile,
  LuaReplyValue,
  RedisExecutionContext,
  RedisLuaRuntime,
} from "js-redis-server/core";
import { COMPILES, restoreError, surround } from "./lua-prelude.ts";

/**
 * VM instructions one script may take, some three seconds. Redis lets a script run on and answers BUSY to others; in
 * one process with the HTTP server an endless loop could never be stopped. The library's default, a tenth of a
 * second, kills scripts that Redis runs.
 */
const MAX_INSTRUCTIONS = 1_000_000_000;

/** Scripts known to compile are remembered up to this many. */
const MAX_COMPILED = 10_000;

const PROBE = Buffer.from("return {KEYS[1], ARGV[1], redis.sha1hex('')}");

function isError(reply: LuaReplyValue): reply is Extract<LuaReplyValue, { err: Buffer }> {
  return typeof reply === "object" && reply !== null && "err" in reply;
}

/** Runs scripts as Redis would on a VM of the library's. */
function mend(runtime: RedisLuaRuntime, replace: () => void): RedisLuaRuntime {
  const evaluate = runtime.eval.bind(runtime);
  const compiled = new Set<string>();

  function compiles(script: Buffer, context: RedisExecutionContext): boolean {
    const sha = createHash("sha1").update(script).digest("hex");
    if (compiled.has(sha)) return true;
    if (evaluate(COMPILES, [], [script], context) !== 1) return false;
    if (compiled.size >= MAX_COMPILED) compiled.clear();
    compiled.add(sha);
    return true;
  }

  /** Whether the VM still works, seen by a script that touches what a broken one was seen to lose. */
  function answers(context: RedisExecutionContext): boolean {
    const reply = evaluate(PROBE, [PROBE], [PROBE], context);
    return Array.isArray(reply) && reply.length === 3;
  }

  runtime.eval = (script, keys, args, context, options) => {
    let sound = false;
    try {
      // A script that does not compile is left to say so in its own words.
      const runnable = compiles(script, context) ? surround(script) : script;
      const reply = evaluate(runnable, keys, args, context, options);
      sound = !isError(reply) || answers(context);
      return isError(reply) ? restoreError(reply, script) : reply;
    } finally {
      if (!sound) replace();
    }
  };
  return runtime;
}

/**
 * A Lua runtime that is replaced after a script that broke it.
 *
 * @param profile whose Lua sandbox to be.
 * @returns what `RedisServerState.getLuaRuntime` is to be: the present VM, made on first use. Making one takes some
 *   4 ms. Loaded scripts live outside the VM and stay.
 */
export function createLuaRuntimes(profile: CompatibilityProfile): () => Promise<RedisLuaRuntime> {
  setLuaWasmLoadOptions({ limits: { maxFuel: MAX_INSTRUCTIONS } });
  let current: Promise<RedisLuaRuntime> | undefined;
  const make = async (): Promise<RedisLuaRuntime> =>
    mend(await createRedisLuaRuntime(profile), () => {
      current = undefined;
    });
  return () => (current ??= make());
}
