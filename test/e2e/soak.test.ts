// The short form of `npm run soak`: every check but that of memory, which needs longer than a test may take.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { soak } from "../../scripts/soak/run.ts";

const SECONDS = 40;

test("under mixed traffic nothing is refused, lost or left behind", async ({ signal }) => {
  const stateDir = await mkdtemp(join(tmpdir(), "sedge-soak-"));
  try {
    const problems = await soak({
      redisUrl: process.env["REDIS_URL"] || undefined,
      stateDir,
      seconds: SECONDS,
      rate: 8,
      visitors: 3,
      seed: 1,
      cronEverySeconds: 5,
      judgesMemory: false,
      signal,
      print: () => undefined,
    });
    expect(problems).toEqual([]);
  } finally {
    await rm(stateDir, { recursive: true, force: true });
  }
}, 240_000);
