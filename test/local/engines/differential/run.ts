// Runs a family on an engine.

import type { Engine } from "../../../../local/engine.ts";
import type { Family } from "./families/index.ts";
import { record } from "./recording.ts";
import type { Recorded } from "./recording.ts";
import { runStep, toCommand } from "./steps.ts";
import { keyOf } from "./values.ts";

/** Deletes the keys of a family, and only those: the Redis may be shared. */
async function clear(engine: Engine, { name }: Family): Promise<void> {
  // The pattern's special characters stand for themselves.
  const pattern = keyOf(name, "*").replace("{", "\\{").replace("}", "\\}");
  const [keys] = await engine.pipeline([toCommand(["KEYS", pattern])]);
  if (Array.isArray(keys) && keys.length > 0) {
    await engine.pipeline([[Buffer.from("DEL"), ...keys.filter((key) => Buffer.isBuffer(key))]]);
  }
}

/** The replies to a family's steps, from an empty start; its keys are deleted after. */
export async function replay(engine: Engine, family: Family): Promise<Recorded[]> {
  await clear(engine, family);
  const replies: Recorded[] = [];
  // One after the other: each step works on what those before left.
  for (const step of family.steps) replies.push(record(await runStep(engine, step)));
  await clear(engine, family);
  return replies;
}
