// What ioredis makes of a reply, in the engine's shapes.

import { ReplyError } from "ioredis";
import { EngineError, EngineStatus } from "../../engine.ts";
import type { EngineReply } from "../../engine.ts";
import { STATUS_MARK } from "./status-stream.ts";

function isStatus(reply: Buffer): boolean {
  return reply.length >= STATUS_MARK.length && STATUS_MARK.equals(reply.subarray(0, STATUS_MARK.length));
}

/** Integers come as text (`stringNumbers`), so that one beyond 2^53 is not rounded. */
function integer(text: string): number | bigint {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : BigInt(text);
}

/** Whether an exception is Redis's own answer, and not a failure of the connection. */
export function isReplyError(error: unknown): error is Error {
  return error instanceof ReplyError;
}

/**
 * Takes a reply of a connection with `stringNumbers` and marked statuses.
 *
 * @throws Error on a shape that RESP2 does not have.
 */
export function fromWire(reply: unknown): EngineReply {
  if (reply === null) return null;
  if (Buffer.isBuffer(reply)) {
    return isStatus(reply) ? new EngineStatus(reply.toString("utf8", STATUS_MARK.length)) : reply;
  }
  if (typeof reply === "string") return integer(reply);
  if (Array.isArray(reply)) return reply.map(fromWire);
  if (isReplyError(reply)) return new EngineError(reply.message);
  throw new Error(`Redis answered with ${typeof reply}, which RESP2 does not have`);
}
