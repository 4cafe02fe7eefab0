// What the judge of a failover sees: a checker that sees nothing would find every failover good.

import { describe, expect, test } from "vitest";
import type { Book, Try } from "../../scripts/failover/traffic.ts";
import type { Effect, Operation } from "../../scripts/failover/types.ts";
import { judgeAnswers, judgeEffect, type Moments } from "../../scripts/failover/verdict.ts";

/** The master failed at 1,000; what was acknowledged until 900 its replica had. */
const MOMENTS: Moments = { failed: 1_000, replicated: 900 };
const OPERATION: Operation = { name: "send", boundMs: 750, run: async () => "acknowledged" };

const tried = (label: number, begun: number, answer: Try["answer"], tookMs = 10): Try => ({
  label,
  begun,
  ended: begun + tookMs,
  answer,
  isAway: answer !== "acknowledged",
  isUnknown: answer !== "acknowledged" && answer !== "breaker-open",
  isWrong: false,
});
const bookOf = (...tries: Try[]): Book => ({ operation: OPERATION, tries });
const effectOf = (...counts: number[]): Effect => ({
  name: "sent",
  of: "send",
  counts: async () => new Map(counts.entries()),
});

describe("an effect", () => {
  test("that is there once for each acknowledgement is all that was promised", async () => {
    const book = bookOf(tried(0, 0, "acknowledged"), tried(1, 950, "acknowledged"), tried(2, 1_010, "http"));
    expect(await judgeEffect(effectOf(1, 1, 0), book, MOMENTS)).toMatchObject({
      acknowledged: 2,
      there: 2,
      unknown: 1,
      unknownThere: 0,
      violations: [],
    });
  });

  test("that was acknowledged, and with the replica, may not be lost", async () => {
    const verdict = await judgeEffect(effectOf(0), bookOf(tried(0, 800, "acknowledged")), MOMENTS);
    expect(verdict).toMatchObject({ lostThoughReplicated: 1, lost: 0 });
    expect(verdict.violations).toHaveLength(1);
  });

  test("that was acknowledged after the failover may not be lost", async () => {
    const verdict = await judgeEffect(effectOf(0), bookOf(tried(0, 5_000, "acknowledged")), MOMENTS);
    expect(verdict.violations).toHaveLength(1);
  });

  test("that was acknowledged in the moment before, by the master alone, may be lost, and is counted", async () => {
    const verdict = await judgeEffect(effectOf(0), bookOf(tried(0, 950, "acknowledged")), MOMENTS);
    expect(verdict).toMatchObject({ lostThoughReplicated: 0, lost: 1, violations: [] });
  });

  test("may not be there twice, unless at least once is all that is promised", async () => {
    const book = bookOf(tried(0, 0, "acknowledged"));
    expect((await judgeEffect(effectOf(2), book, MOMENTS)).violations).toHaveLength(1);
    expect((await judgeEffect({ ...effectOf(2), mayRepeat: true }, book, MOMENTS)).violations).toEqual([]);
  });

  test("of unknown outcome may be there; one that was never sent may not", async () => {
    const unknown = await judgeEffect(effectOf(1), bookOf(tried(0, 1_010, "timeout")), MOMENTS);
    expect(unknown).toMatchObject({ unknown: 1, unknownThere: 1, violations: [] });
    const unsent = await judgeEffect(effectOf(1), bookOf(tried(0, 1_010, "breaker-open")), MOMENTS);
    expect(unsent.violations).toHaveLength(1);
  });

  test("that was tried again until it was acknowledged counts as acknowledged", async () => {
    const book = bookOf(
      tried(0, 1_010, "http"),
      tried(0, 1_500, "breaker-open"),
      tried(0, 4_000, "acknowledged"),
    );
    expect(await judgeEffect(effectOf(1), book, MOMENTS)).toMatchObject({
      acknowledged: 1,
      unknown: 0,
      violations: [],
    });
  });
});

describe("an operation", () => {
  test("is back when one is acknowledged and none is refused any more", () => {
    const book = bookOf(
      tried(0, 0, "acknowledged"),
      tried(1, 1_010, "http"),
      tried(2, 4_000, "acknowledged"),
    );
    expect(judgeAnswers(book, MOMENTS)).toMatchObject({ backAfterMs: 3_010, violations: [] });
  });

  test("that never comes back, takes too long, or shows an error is told", () => {
    expect(judgeAnswers(bookOf(tried(0, 1_010, "http")), MOMENTS).violations).toHaveLength(1);
    const slow = bookOf(tried(0, 0, "acknowledged", 3_000));
    expect(judgeAnswers(slow, MOMENTS).violations).toHaveLength(1);
    const wrong = bookOf({ ...tried(0, 0, "TypeError"), isWrong: true }, tried(1, 5_000, "acknowledged"));
    expect(judgeAnswers(wrong, MOMENTS).violations).toHaveLength(1);
  });
});
