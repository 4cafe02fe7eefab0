// What goes before each script, on its first line: redis.call and redis.pcall that pass numbers as Redis does.
//
// Redis writes a number argument with 17 digits, so that integers up to 2^53 arrive exact. The library's VM writes 14,
// as Lua's tostring does: 9007199254740991 arrives as 9.007199254741e+15.

import { createHash } from "node:crypto";
import type { LuaReplyValue } from "js-redis-server/core";

/**
 * An error of redis.call is thrown as text behind \1, with the line of the script's own call in front. Lua's pcall makes
 * the table of it that a script gets from Redis 7; what is not caught, `restoreError` reads.
 */
const PRELUDE = Buffer.from(
  `
local redis, pcall = (function(redis, pcall)
  local function exact(...)
    local count, words = select('#', ...), {...}
    for at = 1, count do
      if type(words[at]) == 'number' then words[at] = string.format('%.17g', words[at]) end
    end
    return unpack(words, 1, count)
  end
  local function call(...)
    local reply = redis.pcall(exact(...))
    if type(reply) == 'table' and reply.err then error('\\1' .. reply.err, 2) end
    return reply
  end
  local function caught(ok, ...)
    local thrown = ...
    local at = not ok and type(thrown) == 'string' and string.find(thrown, '\\1', 1, true)
    if at then return false, {err = string.sub(thrown, at + 1)} end
    return ok, ...
  end
  local changed = {call = call, pcall = function(...) return redis.pcall(exact(...)) end}
  local function refuse() error('Attempt to modify a readonly table', 2) end
  return setmetatable(changed, {__index = redis, __newindex = refuse}), function(...) return caught(pcall(...)) end
end)(redis, pcall);`
    // One line, so that the script's lines keep their numbers.
    .replaceAll(/\s*\n\s*/g, " "),
);

const THROWN = /^(?:user_script:(\d+): )?\x01(?:([A-Z][A-Z0-9]*) )?(.*)$/s;

type ErrorReply = Extract<LuaReplyValue, { err: Buffer }>;

export function withPrelude(script: Buffer): Buffer {
  return Buffer.concat([PRELUDE, script]);
}

/** An error of a script that ran behind the prelude, as if it had run alone: its own SHA, the line of its own call. */
export function restoreError(reply: ErrorReply, script: Buffer): ErrorReply {
  if (!reply.meta) return reply;
  const meta = { ...reply.meta, sha: createHash("sha1").update(script).digest("hex") };
  const [, line, code, text] = THROWN.exec(reply.err.toString("latin1")) ?? [];
  if (text === undefined) return { ...reply, meta };
  // The VM names this error by a kind, for which the library has the words.
  const kind = text === "command-arg-type" ? { kind: text } : {};
  return {
    err: Buffer.from(text, "latin1"),
    code: Buffer.from(code ?? "ERR"),
    meta: { ...meta, ...kind, line: Number(line ?? meta.line) },
  };
}
