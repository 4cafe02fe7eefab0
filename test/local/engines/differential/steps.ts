// One step of a differential sequence, and how an engine runs it.

import type { Engine, EngineReply } from "../../../../local/engine.ts";

export type Word = string | number | Buffer;
export type Words = readonly Word[];

export type Step =
  | { readonly kind: "command"; readonly words: Words }
  | { readonly kind: "transaction"; readonly commands: readonly Words[] }
  /** A whole scan: `words` without the cursor, which stands at `cursorAt`. Its reply is all elements of all pages. */
  | { readonly kind: "scan"; readonly words: Words; readonly cursorAt: number };

export const command = (...words: Words): Step => ({ kind: "command", words });
export const transaction = (...commands: Words[]): Step => ({ kind: "transaction", commands });
export const scan = (cursorAt: number, ...words: Words): Step => ({ kind: "scan", words, cursorAt });

export function toCommand(words: Words): Buffer[] {
  return words.map((word) => (Buffer.isBuffer(word) ? word : Buffer.from(String(word))));
}

async function runCommand(engine: Engine, words: Words): Promise<EngineReply> {
  const [reply = null] = await engine.pipeline([toCommand(words)]);
  return reply;
}

async function runScan(engine: Engine, words: Words, cursorAt: number): Promise<EngineReply> {
  const elements: EngineReply[] = [];
  let cursor = "0";
  do {
    // Each page starts where the one before ended.
    const reply = await runCommand(engine, words.toSpliced(cursorAt, 0, cursor));
    if (!Array.isArray(reply)) return reply;
    const [next = null, page = null] = reply as readonly EngineReply[];
    cursor = Buffer.isBuffer(next) ? next.toString() : "0";
    if (Array.isArray(page)) elements.push(...page);
  } while (cursor !== "0");
  return elements;
}

export async function runStep(engine: Engine, step: Step): Promise<EngineReply> {
  switch (step.kind) {
    case "command":
      return runCommand(engine, step.words);
    case "transaction":
      return engine.transaction(step.commands.map(toCommand));
    case "scan":
      return runScan(engine, step.words, step.cursorAt);
    default:
      return step satisfies never;
  }
}
