// Errors that the embedded engine tells in other words than Redis 7.0, each with its reason. All others must be equal.

import type { Recorded } from "./recording.ts";

/** Two texts that mean the same error; where the reason says so, with two code words. */
interface ErrorTexts {
  readonly reason: string;
  readonly embedded: RegExp;
  readonly redis: RegExp;
}

const RANGE = "ERR value is not an integer or out of range";

export const ERROR_TEXTS: readonly ErrorTexts[] = [
  {
    reason: "a count that is no number is told in general words",
    embedded: new RegExp(RANGE),
    redis: /ERR value is out of range, must be positive/,
  },
  {
    reason: "a bad count is told before a word too many",
    embedded: new RegExp(RANGE),
    redis: /ERR wrong number of arguments for 'lpop'/,
  },
  {
    reason: "a number beyond 2^53 is refused before it is used",
    embedded: new RegExp(RANGE),
    redis: /ERR invalid expire time in/,
  },
  { reason: "one of two errors is told first", embedded: new RegExp(RANGE), redis: /ERR Unsupported option/ },
  {
    reason: "a number of keys below zero is told in general words",
    embedded: new RegExp(RANGE),
    redis: /ERR Number of keys can't be negative/,
  },
  {
    reason: "a number of keys that is none is told before the unknown script",
    embedded: new RegExp(RANGE),
    redis: /NOSCRIPT/,
  },
  { reason: "one of two errors is told first", embedded: /ERR Invalid stream ID/, redis: /^WRONGTYPE/ },
  {
    reason: "an unbalanced ZADD",
    embedded: /ERR (wrong number|value is not a valid float)/,
    redis: /ERR syntax error/,
  },
  {
    reason: "a bad XPENDING",
    embedded: /ERR wrong number of arguments for 'xpending'/,
    redis: /ERR syntax error/,
  },
  {
    reason: "a bad MAXLEN",
    embedded: /ERR syntax error/,
    redis: /ERR (The MAXLEN argument|value is not an integer)/,
  },
  {
    reason: "streams without as many ids",
    embedded: /ERR wrong number of arguments for 'xread/,
    redis: /ERR Unbalanced XREAD/,
  },
  {
    reason: "an unknown subcommand comes back in upper case, or in other words",
    embedded: /ERR [Uu]nknown subcommand .*'\. Try/,
    redis: /ERR unknown subcommand '.*'\. Try/,
  },
  {
    reason: "arity inside a script is told with the command's name, as since Redis 7.2",
    embedded: /ERR wrong number of arguments for '\w+' command script:/,
    redis: /ERR Wrong number of args calling Redis command from script/,
  },
  {
    reason: "a script that does not compile is told without `Error compiling script`",
    embedded: /ERR user_script:1: .* script: \w{40}/,
    redis: /ERR Error compiling script/,
  },
  {
    reason: "redis.error_reply without a code word is given `ERR`, as since Redis 7.2",
    embedded: /^ERR lower case$/,
    redis: /^lower case$/,
  },
];

function isError(reply: Recorded): reply is { error: string } {
  return typeof reply === "object" && reply !== null && "error" in reply;
}

/** Puts Redis's text in the place of the embedded engine's, where the two are listed as meaning the same. */
export function translate(reply: Recorded, expected: Recorded): Recorded {
  if (!isError(reply) || !isError(expected)) return reply;
  const same = ERROR_TEXTS.some(
    ({ embedded, redis }) => embedded.test(reply.error) && redis.test(expected.error),
  );
  return same ? expected : reply;
}
