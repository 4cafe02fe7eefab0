// What a script is put into, so that it runs as in Redis 7: lines of Lua before it and after it, in which the library's
// VM differs from Redis's.
//
// - Number arguments of redis.call are written with 17 digits, as Redis does, so that integers up to 2^53 arrive exact.
//   The VM writes 14: 9007199254740991 arrives as 9.007199254741e+15.
// - What redis.call throws, or error() with a table, is its text to pcall and to the client; an argument that is neither
//   string nor number is such an error. The VM raises some of these past pcall, or loses their text.
// - A reply that is nested too deep, or holds itself, is an error. The VM's encoder overwrites its own memory; walking
//   the reply in Lua first also gives its stack the room that the encoder does not ask for.
//
// All of it is one line before the script, so that the script's lines keep their numbers.

import { createHash, randomUUID } from "node:crypto";
import type { LuaReplyValue } from "js-redis-server/core";

/** How deep a reply may be nested. */
const MAX_DEPTH = 1_000;

const BAD_ARGUMENT = "Lua redis lib command arguments must be strings or integers";

/**
 * Errors are thrown as text behind this mark, with the line of the script's own call in front; `restoreError` reads
 * them. Random, so that no script's own error holds it.
 */
const MARK = `sedge-${randomUUID()} `;

const BEFORE = Buffer.from(
  `
local redis, pcall, error, checked = (function(redis, pcall, error)
  local function send(...)
    local count, words = select('#', ...), {...}
    for at = 1, count do
      local kind = type(words[at])
      if kind == 'number' then words[at] = string.format('%.17g', words[at])
      elseif kind ~= 'string' then return {err = 'ERR ${BAD_ARGUMENT}'} end
    end
    return redis.pcall(unpack(words, 1, count))
  end
  local function call(...)
    local reply = send(...)
    if type(reply) == 'table' and reply.err then error('${MARK}' .. reply.err, 2) end
    return reply
  end
  local function throw(thrown, level)
    if type(thrown) == 'table' and type(thrown.err) == 'string' then error('${MARK}' .. thrown.err, 2) end
    if level ~= 0 then level = (level or 1) + 1 end
    error(thrown, level)
  end
  local function caught(ok, ...)
    local thrown = ...
    local at = not ok and type(thrown) == 'string' and string.find(thrown, '${MARK}', 1, true)
    if at then return false, string.sub(thrown, at + ${MARK.length}) end
    return ok, ...
  end
  local function walk(reply, depth)
    if depth > ${MAX_DEPTH} then error('${MARK}ERR reached lua stack limit', 0) end
    if reply.err or reply.ok then return end
    local at, item = 1, reply[1]
    while item ~= nil do
      if type(item) == 'table' then walk(item, depth + 1) end
      at = at + 1
      item = reply[at]
    end
  end
  local function checked(reply)
    if type(reply) == 'table' then walk(reply, 1) end
    return reply
  end
  local changed = {call = call, pcall = send}
  local function refuse() error('Attempt to modify a readonly table', 2) end
  return setmetatable(changed, {__index = redis, __newindex = refuse}),
    function(...) return caught(pcall(...)) end, throw, checked
end)(redis, pcall, error)
return checked((function(...) `.replaceAll(/\s*\n\s*/g, " "),
);
const AFTER = Buffer.from("\nend)(...))");

const THROWN = new RegExp(`^(?:user_script:(\\d+): )?${MARK}(?:([A-Z][A-Z0-9]*) )?(.*)$`, "s");

type ErrorReply = Extract<LuaReplyValue, { err: Buffer }>;

/** Compiles the script that is its only argument; 1 where it compiles. */
export const COMPILES = Buffer.from("return loadstring(ARGV[1]) and 1 or 0");

/** The script as it runs. It must compile by itself: this would make a whole of two halves. */
export function surround(script: Buffer): Buffer {
  return Buffer.concat([BEFORE, script, AFTER]);
}

/** An error of a surrounded script, as if it had run alone: its own SHA, the line of its own call. */
export function restoreError(reply: ErrorReply, script: Buffer): ErrorReply {
  if (!reply.meta) return reply;
  const meta = { ...reply.meta, sha: createHash("sha1").update(script).digest("hex") };
  const [, line, code, text] = THROWN.exec(reply.err.toString("latin1")) ?? [];
  if (text === undefined) return { ...reply, meta };
  return {
    err: Buffer.from(text, "latin1"),
    ...(code !== undefined && { code: Buffer.from(code) }),
    meta: { ...meta, line: Number(line ?? meta.line) },
  };
}
