// From a request to commands. What cannot be read is an EngineError with the protocol's own text.

import { type EngineCommand, EngineError } from "../engine.ts";
import { TOKEN_PARAMETER } from "./auth.ts";
import { pathSegments, queryPairs, type Target } from "./target.ts";

const COMMAND_UNREADABLE = new EngineError("ERR failed to parse command");
const COMMAND_EMPTY = new EngineError("ERR empty command");
const PIPELINE_UNREADABLE = new EngineError("ERR failed to parse pipeline request");
const PIPELINE_EMPTY = new EngineError("ERR empty pipeline request");
const PIPELINE_COMMAND_EMPTY = new EngineError("ERR empty pipeline command");

/** One command from a JSON array, as `POST /` takes it. */
export function parseCommand(body: Buffer): EngineCommand | EngineError {
  const values = parseJson(body);
  const command = toCommand(values);
  if (command === null) return COMMAND_UNREADABLE;
  return command.length === 0 ? COMMAND_EMPTY : command;
}

/** The commands of `/pipeline` and `/multi-exec`, from a JSON array of arrays. */
export function parsePipeline(body: Buffer): EngineCommand[] | EngineError {
  const rows = parseJson(body);
  if (!Array.isArray(rows)) return PIPELINE_UNREADABLE;
  if (rows.length === 0) return PIPELINE_EMPTY;
  const commands: EngineCommand[] = [];
  for (const row of rows) {
    const command = toCommand(row);
    if (command === null) return PIPELINE_UNREADABLE;
    if (command.length === 0) return PIPELINE_COMMAND_EMPTY;
    commands.push(command);
  }
  return commands;
}

/** A command in path style: `/set/foo` with body `v` and `?EX=100` is `SET foo v EX 100`. */
export function parseTarget(target: Target, body: Buffer): EngineCommand | EngineError {
  const command = pathSegments(target.path);
  const pairs = queryPairs(target.query);
  if (command === null || pairs === null) return COMMAND_UNREADABLE;
  if (body.length > 0) command.push(body);
  for (const [name, value] of pairs) {
    if (name.equals(TOKEN_PARAMETER)) continue;
    command.push(name);
    if (value !== null) command.push(value);
  }
  return command;
}

function toCommand(values: unknown): Buffer[] | null {
  if (!Array.isArray(values)) return null;
  const command: Buffer[] = [];
  for (const value of values) {
    if (typeof value === "string") command.push(Buffer.from(value));
    else if (typeof value === "object" && value !== null) return null;
    // A number, a boolean or null stands for its JSON text.
    else command.push(Buffer.from(String(value)));
  }
  return command;
}

/** Integers beyond 2^53 keep the digits they were sent with. */
function parseJson(body: Buffer): unknown {
  const text = body.toString();
  try {
    const value: unknown = JSON.parse(text);
    return holdsUnsafeInteger(value) ? JSON.parse(text, keepDigits) : value;
  } catch {
    return undefined;
  }
}

function holdsUnsafeInteger(value: unknown): boolean {
  if (typeof value === "number") return isUnsafe(value);
  // Two levels are all that a command or a pipeline has: what is nested deeper is refused anyway.
  return (
    Array.isArray(value) &&
    value.some((item) => isUnsafe(item) || (Array.isArray(item) && item.some(isUnsafe)))
  );
}

const isUnsafe = (value: unknown): boolean => Number.isInteger(value) && !Number.isSafeInteger(value);

const DIGITS = /^-?\d+$/;

function keepDigits(_key: string, value: unknown, context?: { source?: string }): unknown {
  return isUnsafe(value) && context?.source !== undefined && DIGITS.test(context.source)
    ? context.source
    : value;
}
