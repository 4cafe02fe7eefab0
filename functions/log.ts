// Log lines: one JSON object each, and no secret in them.

import { InvalidNameError, RedisCommandError, RedisUnavailableError } from "../lib/errors.ts";

export interface LogEntry {
  readonly level: "error" | "warn" | "info";
  /** What happened, for searching: `fault`, `cache`, `scheduled`. */
  readonly event: string;
  /** What was thrown. Logged by its name, where it happened and, where that can hold no input, its message. */
  readonly error?: unknown;
  readonly [member: string]: unknown;
}

export type Log = (entry: LogEntry) => void;

/** Writes to the Worker's log. */
export function createLog(write: Pick<Console, "error" | "warn" | "info"> = console): Log {
  return function log({ error, ...entry }) {
    write[entry.level](JSON.stringify(error === undefined ? entry : { ...entry, error: describe(error) }));
  };
}

/** Errors written in this repository keep values out of their messages; others quote them (JSON.parse, for one). */
const speaksFreely = (error: Error): boolean =>
  error instanceof RedisUnavailableError ||
  error instanceof RedisCommandError ||
  error instanceof InvalidNameError ||
  error instanceof ConfigurationError ||
  // D1 names the statement's fault, tables and columns, not what was bound.
  error.message.startsWith("D1_");

/** A platform's word for what is wrong (`E_SENDER_NOT_VERIFIED`), which quotes nothing. */
const isCode = (code: unknown): boolean => typeof code === "string" && /^[A-Z][A-Z_]{2,63}$/.test(code);

/**
 * Where it was thrown. The stack begins with the message it was made with, which may have lines that look like places: where
 * that is not known any more, none is told.
 */
function placesOf({ message, stack = "" }: Error): string[] {
  const start = stack.indexOf(message);
  if (start < 0) return [];
  const lines = stack.slice(start + message.length).split("\n");
  return lines.flatMap((line) => /^ +at (.+)$/.exec(line)?.[1] ?? []);
}

function describe(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { name: typeof error };
  return {
    name: error.name,
    ...(speaksFreely(error) ? { message: error.message } : {}),
    ...("code" in error && isCode(error.code) ? { code: error.code } : {}),
    at: placesOf(error),
    ...(error.cause === undefined ? {} : { cause: describe(error.cause) }),
  };
}

/** The deployment is at fault: a variable or secret that cannot be used. Its message names it, and never quotes it. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
}
