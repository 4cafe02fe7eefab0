import { expect, test } from "vitest";
import { createInterruptions } from "../../scripts/soak/interruptions.ts";

const LINE = "wrangler dev died (exit code 1): it is started again.";

test("a call that found nobody is an interruption where wrangler was started again, once it answers", async () => {
  let answers = false;
  const interruptions = createInterruptions(async () => answers);
  const met = interruptions.wasOne();
  expect(interruptions.hear(LINE)).toBe(true);
  expect(interruptions.hear("✘ [ERROR] ")).toBe(true);
  answers = true;
  expect(await met).toBe(true);
  expect(interruptions.hear("✘ [ERROR] ")).toBe(false);
  expect(interruptions).toMatchObject({ count: 1, met: 1 });
});

test("and is none where it was not", async () => {
  const interruptions = createInterruptions(async () => true);
  expect(interruptions.hear("POST /v1/counters 500")).toBe(false);
  expect(await interruptions.wasOne()).toBe(false);
  expect(interruptions).toMatchObject({ count: 0, met: 0 });
});
