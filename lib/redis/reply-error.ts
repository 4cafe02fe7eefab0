// What an error among the replies means.

import { RedisCommandError, RedisUnavailableError } from "../errors.ts";

/** Codes by which Redis says that it cannot serve now, whatever the command is. */
const CANNOT_SERVE = new Set(
  "BUSY CLUSTERDOWN LOADING MASTERDOWN MISCONF NOAUTH NOPERM NOREPLICAS OOM READONLY TRYAGAIN".split(" "),
);

/** Upstash's words for a database that has used up what it may: `ERR max daily request limit exceeded. …` */
const OVER_QUOTA = /^ERR max /;

/** The code word of an error, which never holds a value: `WRONGTYPE Operation …` is `WRONGTYPE`. */
function codeOf(message: string): string {
  const [code = ""] = message.split(/[ ,:]/, 1);
  return /^[A-Z]{2,32}$/.test(code) ? code : "ERR";
}

/** @param message as Redis gave it; it may hold a value, so nothing of it but its code goes on */
export function replyError(message: string): RedisUnavailableError | RedisCommandError {
  const code = codeOf(message);
  if (CANNOT_SERVE.has(code) || OVER_QUOTA.test(message)) return new RedisUnavailableError("refused");
  return new RedisCommandError(code);
}
