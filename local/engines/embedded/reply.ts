// The library's reply values in the engine's shapes (RESP2).

import type { RedisValue } from "js-redis-server/core";
import { EngineError, EngineStatus } from "../../engine.ts";
import type { EngineReply } from "../../engine.ts";

/** Redis's own form of a double in RESP2: a bulk string. */
function doubleText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (value === Infinity) return "inf";
  if (value === -Infinity) return "-inf";
  return Object.is(value, -0) ? "-0" : String(value);
}

function integerReply(value: number | bigint): number | bigint {
  if (typeof value === "number") return value;
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

/** An error as one line: the code word first, each line break a space, as it would stand on the wire. */
export function errorReply(message: string, code?: string): EngineError {
  return new EngineError((code ? `${code} ${message}` : message).replaceAll(/[\r\n]/g, " "));
}

/**
 * What a value of the library would be on a RESP2 connection.
 *
 * @param value a reply of `ClientSession.execute`, or a part of one.
 * @returns the same reply; maps, sets and pairs as flat arrays, booleans as 0 and 1, doubles as text.
 */
export function toEngineReply(value: RedisValue): EngineReply {
  switch (value.kind) {
    case "simple-string":
      return new EngineStatus(value.value);
    case "bulk-string":
    case "verbatim":
      return value.value;
    case "integer":
      return integerReply(value.value);
    case "double":
      return Buffer.from(doubleText(value.value));
    case "big-number":
      return Buffer.from(value.value.toString());
    case "boolean":
      return value.value ? 1 : 0;
    case "array":
    case "set":
      return value.items.map(toEngineReply);
    case "push":
      return [Buffer.from(value.name), ...value.items.map(toEngineReply)];
    case "map":
    case "flat-pairs":
      return value.entries.flat().map(toEngineReply);
    case "map-pairs":
      return value.entries.map((pair) => pair.map(toEngineReply));
    case "null":
    case "null-array":
      return null;
    case "error":
      return errorReply(value.message, value.code);
    default:
      return value satisfies never;
  }
}

/** What a client sees of an exception that escaped the library: never its stack. */
export function toEngineError(error: unknown): EngineError {
  if (isCommandError(error)) return errorReply(error.message, error.code);
  return errorReply(error instanceof Error ? error.message : String(error), "ERR");
}

// By shape, not by class: the library's CommonJS and ESM builds each have a class of their own.
function isCommandError(error: unknown): error is Error & { code: string } {
  return (
    error instanceof Error && "code" in error && typeof error.code === "string" && /^[A-Z]+$/.test(error.code)
  );
}
