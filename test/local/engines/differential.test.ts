// The same seeded commands on every engine: what Redis 7.0 answered is recorded, and compared.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Engine } from "../../../local/engine.ts";
import { openEngine } from "../../../local/engines/open.ts";
import { comparable } from "./differential/differences.ts";
import { FAMILIES } from "./differential/families/index.ts";
import type { Family } from "./differential/families/index.ts";
import { fingerprint } from "./differential/recording.ts";
import type { Recording } from "./differential/recording.ts";
import { replay } from "./differential/run.ts";

async function readRecording(family: Family): Promise<Recording> {
  const text = await readFile(join(import.meta.dirname, "recorded", `${family.name}.json`), "utf8");
  const recording = JSON.parse(text) as Recording;
  expect(recording.commands, "recorded from other commands: run differential/record.ts").toBe(
    fingerprint(family.steps),
  );
  return recording;
}

/** What differs, a line each: the step, the reply and what Redis answered. */
async function differences(engine: Engine, family: Family): Promise<string[]> {
  const { replies: expected } = await readRecording(family);
  const replies = await replay(engine, family);
  return family.steps.flatMap((step, at) => {
    const [reply, recorded] = comparable(step, replies[at] ?? null, expected[at] ?? null).map((value) =>
      JSON.stringify(value),
    );
    return reply === recorded
      ? []
      : [`${at} ${JSON.stringify(step)}\n  answers ${reply}\n  Redis  ${recorded}`];
  });
}

const REDIS_URL = process.env["REDIS_URL"];

// The Redis of REDIS_URL, where it names one, must answer what was recorded as well.
const ENGINES = [
  { name: "the embedded engine", redisUrl: undefined },
  ...(REDIS_URL ? [{ name: "the Redis of REDIS_URL", redisUrl: REDIS_URL }] : []),
];

describe.each(ENGINES)("$name", ({ redisUrl }) => {
  let engine: Engine;

  beforeAll(async () => {
    engine = await openEngine({
      ...(redisUrl !== undefined && { redisUrl }),
      stateDir: null,
      log: console.error,
    });
  });
  afterAll(() => engine.close());

  test.each(FAMILIES)("answers $name as Redis 7.0 does", async (family) => {
    expect(await differences(engine, family)).toEqual([]);
  });
});
