// Who is taken, and what is read for it: without a Redis.

import { describe, expect, test } from "vitest";
import { candidatesOf, isHeld, planOf } from "../../../../lib/pubsub/dispatch/plan.ts";
import type { Survey } from "../../../../lib/pubsub/dispatch/survey.ts";
import {
  definitionText,
  NO_PROGRESS,
  progressText,
  type Progress,
} from "../../../../lib/pubsub/subscriptions/records.ts";
import type { SubscriptionStatus } from "../../../../lib/pubsub/index.ts";
import { upTo } from "./rig.ts";

const NOW = 1_000_000;

interface Given extends Partial<Pick<Progress, "pending" | "restUntil">> {
  readonly pattern?: string;
  /** The number of the event in family `x` up to which it has got. */
  readonly at?: number;
  readonly status?: SubscriptionStatus;
  readonly lease?: string;
  readonly due?: number;
}

/** A survey of webhooks; families end at an event whose id says its number. */
function surveyOf(
  given: Readonly<Record<string, Given>>,
  heads: Readonly<Record<string, number>> = { x: 1_000 },
): Survey {
  const each = Object.entries(given);
  const definition = ({ pattern = "*", status = "active" }: Given) =>
    definitionText({ status, pattern, url: "", secrets: [], since: "0", createdAt: 0, activeSince: 0 });
  const progress = ({ at = 0, pending = 0, restUntil = 0 }: Given) =>
    progressText({ ...NO_PROGRESS, after: new Map([["x", { id: `${at}-0`, n: at }]]), pending, restUntil });
  return {
    at: NOW,
    due: new Map(each.flatMap(([id, { due }]) => (due === undefined ? [] : [[id, due] as const]))),
    subscriptions: new Map(each.map(([id, of]) => [id, definition(of)])),
    progress: new Map(each.map(([id, of]) => [id, progress(of)])),
    leases: new Map(each.map(([id, { lease = "f 0" }]) => [id, lease])),
    last: "1000-0",
    heads: new Map(Object.entries(heads).map(([family, n]) => [family, { id: `${n}-0`, n }])),
    trimmed: new Map(),
  };
}

function planned(seen: Survey, random = 0) {
  const candidates = candidatesOf(seen, { subscribers: new Map(), leaseMs: 30_000, random });
  return planOf(candidates, seen, random);
}
const claimed = (seen: Survey): string[] => planned(seen).claims.map(({ id }) => id);

test("a lease holds until it ends, and not where it ends much later than one can", () => {
  expect(isHeld("", NOW, 30_000)).toBe(false);
  expect(isHeld("new 0", NOW, 30_000)).toBe(false);
  expect(isHeld(`f ${NOW}`, NOW, 30_000)).toBe(false);
  expect(isHeld(`f ${NOW + 1}`, NOW, 30_000)).toBe(true);
  expect(isHeld(`f ${NOW + 30_000}`, NOW, 30_000)).toBe(true);
  // By a clock that is a little behind the giver's, and by one that is far behind.
  expect(isHeld(`f ${NOW + 30_005}`, NOW, 30_000)).toBe(true);
  expect(isHeld(`f ${NOW + 45_000}`, NOW, 30_000)).toBe(false);
});

describe("taken is", () => {
  test("who is behind, or called for; not who is served, paused, up to date, or at rest", () => {
    const seen = surveyOf({
      behind: { at: 999 },
      called: { at: 1_000, due: NOW },
      "called-though-paused": { due: NOW, status: "paused" },
      served: { due: NOW, lease: `f ${NOW + 5}` },
      paused: { status: "paused" },
      current: { at: 1_000 },
      resting: { restUntil: NOW + 5_000 },
      "of-another": { pattern: "y:*" },
    });
    expect(claimed(seen)).toEqual(["behind", "called", "called-though-paused"]);
  });

  test("who has waited longest first", () => {
    expect(claimed(surveyOf({ a: { due: 900 }, b: {}, c: { due: 800 } }))).toEqual(["c", "a", "b"]);
  });

  test("who rests because of a clock that was wrong, all the same", () => {
    expect(claimed(surveyOf({ a: { restUntil: NOW + 3_600_000 } }))).toEqual(["a"]);
  });

  test("who has too much pending only when a retry is due, and then nothing is read for it", () => {
    expect(claimed(surveyOf({ full: { pending: 10_000 } }))).toEqual([]);
    const [claim] = planned(surveyOf({ full: { pending: 10_000, due: NOW } })).claims;
    expect(claim).toMatchObject({ id: "full", reads: [], load: true, partly: true });
  });
});

describe("read is", () => {
  test("one page for all who are close to the end, from the last of them; and one for each who is far behind", () => {
    const plan = planned(
      surveyOf({ a: { at: 990 }, b: { at: 950 }, c: { at: 900 }, far: { at: 10 }, further: { at: 5 } }),
    );
    expect(plan.reads).toEqual([
      { family: "x", after: "900-0" },
      { family: "x", after: "10-0" },
      { family: "x", after: "5-0" },
    ]);
    expect(plan.claims.map(({ id, reads }) => [id, reads.map(({ read }) => read)])).toEqual([
      ["a", [0]],
      ["b", [0]],
      ["c", [0]],
      ["far", [1]],
      ["further", [2]],
    ]);
  });

  test("no more than 20 logs in a round; who is left out comes later, unless the agenda has it anyway", () => {
    const given = Object.fromEntries(upTo(25).map((i) => [`s${i}`, { at: i, ...(i > 23 && { due: NOW }) }]));
    const plan = planned(surveyOf(given));
    expect(plan.reads).toHaveLength(20);
    expect(plan.claims).toHaveLength(22);
    expect(plan.later).toEqual(["s21", "s22", "s23"]);
    expect(plan).toMatchObject({ isPart: true });
    expect(plan.claims.filter(({ partly }) => partly).map(({ id }) => id)).toEqual(["s24", "s25"]);
  });

  test("another part of many families each time", () => {
    const heads = Object.fromEntries(upTo(40).map((i) => [`f${i}`, 5]));
    const familiesAt = (random: number) =>
      planned(surveyOf({ all: {} }, heads), random).reads.map(({ family }) => family);
    expect(familiesAt(0)).toHaveLength(20);
    expect(new Set([...familiesAt(0), ...familiesAt(0.5)]).size).toBe(40);
  });

  test("the retries of 20 that have any, and of 200 that may have got some back", () => {
    const heavy = surveyOf(
      Object.fromEntries(upTo(30).map((i) => [`s${i}`, { at: 1_000, pending: 1, due: NOW }])),
    );
    expect(planned(heavy)).toMatchObject({ isPart: true, later: [] });
    expect(claimed(heavy)).toHaveLength(20);
    const light = surveyOf(Object.fromEntries(upTo(300).map((i) => [`s${i}`, { at: 1_000, due: NOW }])));
    expect(claimed(light)).toHaveLength(200);
  });
});
