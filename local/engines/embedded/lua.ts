// The Lua VM, made anew when a script broke it.
//
// The library keeps one VM (WebAssembly) for the life of the server. Two things break it for every later script:
// a trap (out of memory, recursion too deep inside cjson), and a reply nested deeper than the VM's stack, which its
// encoder overwrites without asking for room.

import { createRedisLuaRuntime, setLuaWasmLoadOptions } from "js-redis-server/core";
import type {
  CompatibilityProfile,
  LuaReplyValue,
  RedisExecutionContext,
  RedisLuaRuntime,
} from "js-redis-server/core";
import { restoreError, withPrelude } from "./lua-prelude.ts";

/**
 * VM instructions one script may take, some three seconds. Redis lets a script run on and answers BUSY to others; in
 * one process with the HTTP server an endless loop could never be stopped. The library's default, a tenth of a
 * second, kills scripts that Redis runs.
 */
const MAX_INSTRUCTIONS = 1_000_000_000;

/** Below this depth the VM's smallest stack holds a reply: it was seen to break at 44. */
const SAFE_REPLY_DEPTH = 32;

/** Asks for 1,000 stack slots, which the VM keeps until its collector takes them back: room for deeper replies. */
const GROW_STACK = Buffer.from("return select('#', unpack({}, 1, 1000))");

/** How deep arrays are nested in a script's reply, looked at no further than `limit`. */
function replyDepth(reply: LuaReplyValue, limit: number): number {
  if (!Array.isArray(reply) || limit === 0) return 0;
  let deepest = 0;
  for (const item of reply) deepest = Math.max(deepest, replyDepth(item, limit - 1));
  return deepest + 1;
}

/** What Redis answers where a reply is nested without end. The VM's encoder ends it with an error of no words. */
const TOO_DEEP: LuaReplyValue = { err: Buffer.from("reached lua stack limit"), code: Buffer.from("ERR") };

const PROBE = Buffer.from("return 7");

function isError(reply: LuaReplyValue): reply is Extract<LuaReplyValue, { err: Buffer }> {
  return typeof reply === "object" && reply !== null && "err" in reply;
}

/**
 * A Lua runtime that is replaced after a script that broke it, or might have.
 *
 * @param profile whose Lua sandbox to be.
 * @returns what `RedisServerState.getLuaRuntime` is to be: the present VM, made on first use. Making one takes some
 *   4 ms. Loaded scripts live outside the VM and stay.
 */
export function createLuaRuntimes(profile: CompatibilityProfile): () => Promise<RedisLuaRuntime> {
  setLuaWasmLoadOptions({ limits: { maxFuel: MAX_INSTRUCTIONS } });
  let current: Promise<RedisLuaRuntime> | undefined;

  const make = async (): Promise<RedisLuaRuntime> => {
    const runtime = await createRedisLuaRuntime(profile);
    const evaluate = runtime.eval.bind(runtime);
    const answers = (context: RedisExecutionContext): boolean => {
      try {
        return evaluate(PROBE, [], [], context) === 7;
      } catch {
        return false;
      }
    };
    runtime.eval = (script, keys, args, context, options) => {
      let sound = false;
      try {
        evaluate(GROW_STACK, [], [], context);
        const reply = evaluate(withPrelude(script), keys, args, context, options);
        if (!isError(reply)) {
          sound = replyDepth(reply, SAFE_REPLY_DEPTH) < SAFE_REPLY_DEPTH;
          return reply;
        }
        if (reply.err.length === 0) return TOO_DEEP;
        sound = answers(context);
        return restoreError(reply, script);
      } finally {
        if (!sound) current = undefined;
      }
    };
    return runtime;
  };

  return () => (current ??= make());
}
