// Replies as JSON, for the committed recordings.
//
// A bulk string is a string, or {"base64"} where it is no UTF-8; a status {"status"}, an error {"error"}, an integer
// beyond 2^53 {"integer"}.

import { createHash } from "node:crypto";
import { EngineError, EngineStatus } from "../../../../local/engine.ts";
import type { EngineReply } from "../../../../local/engine.ts";
import { toCommand } from "./steps.ts";
import type { Step } from "./steps.ts";

export type Recorded =
  | null
  | number
  | string
  | { readonly base64: string }
  | { readonly status: string }
  | { readonly error: string }
  | { readonly integer: string }
  | readonly Recorded[];

export interface Recording {
  /** The Redis that gave the replies. */
  readonly redis: string;
  /** Of the commands: a recording of others must not be compared. */
  readonly commands: string;
  readonly replies: readonly Recorded[];
}

export function record(reply: EngineReply): Recorded {
  if (reply === null || typeof reply === "number") return reply;
  if (typeof reply === "bigint") return { integer: String(reply) };
  if (reply instanceof EngineStatus) return { status: reply.text };
  if (reply instanceof EngineError) return { error: reply.message };
  if (!Buffer.isBuffer(reply)) return reply.map(record);
  const text = reply.toString();
  return Buffer.from(text).equals(reply) ? text : { base64: reply.toString("base64") };
}

/** A checksum of a sequence's commands. */
export function fingerprint(steps: readonly Step[]): string {
  const hash = createHash("sha256");
  for (const step of steps) {
    const commands = step.kind === "transaction" ? step.commands : [step.words];
    hash.update(
      JSON.stringify([
        step.kind,
        commands.map((words) => toCommand(words).map((word) => word.toString("hex"))),
      ]),
    );
  }
  return hash.digest("hex");
}
