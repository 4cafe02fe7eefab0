// What is next for a subscription, and what becomes of it: without a Redis.

import { describe, expect, test } from "vitest";
import { createReading } from "../../../../lib/pubsub/dispatch/reading.ts";
import { createRoom } from "../../../../lib/pubsub/dispatch/room.ts";
import { createWork, type WorkOptions } from "../../../../lib/pubsub/dispatch/work.ts";
import type { Delivery } from "../../../../lib/pubsub/index.ts";
import { NO_PROGRESS, progressOf, type PendingEvent } from "../../../../lib/pubsub/subscriptions/records.ts";
import { FAILED, OK, upTo } from "./rig.ts";

const event = (n: number, key: string | null = null, channel = "x") => ({
  id: `${n}-0`,
  channel,
  type: null,
  key,
  data: n,
  at: "",
});
const pendingOf = (n: number, key: string): PendingEvent => ({
  event: event(n, key),
  attempts: 1,
  lastStatus: 500,
});

interface Read {
  readonly n: number;
  readonly key?: string | null;
  readonly channel?: string;
}

/** What was read from 0 on; the log ends with it, unless there is more. */
function readingOf(
  read: readonly Read[],
  {
    done = [],
    more = false,
    trimmed = null,
    from = 0,
  }: { done?: string[]; more?: boolean; trimmed?: number | null; from?: number } = {},
) {
  const entries = read.map(({ n, key = null, channel = "x" }) => ({ n, event: event(n, key, channel) }));
  const last = entries.at(-1)?.n ?? 0;
  return createReading(
    {
      family: "x",
      head: { id: `${more ? last + 50 : last}-0`, n: more ? last + 50 : last },
      trimmed: trimmed === null ? null : { id: `${trimmed}-0`, n: trimmed },
      entries,
      through: `${last}-0`,
      more,
    },
    { id: `${from}-0`, n: from },
    done,
    (channel) => channel === "x",
  );
}

function workOf(options: Partial<WorkOptions>) {
  return createWork({
    progress: NO_PROGRESS,
    readings: [],
    retries: [],
    pending: 0,
    lanes: new Map(),
    partly: false,
    room: createRoom(),
    random: () => 0.5,
    at: 0,
    ...options,
  });
}

const at = (delivery: Delivery) => ({ delivery, startedAt: 1_000, endedAt: 1_010 });
const position = (work: ReturnType<typeof workOf>) => {
  const { after, done } = progressOf(work.take().progress);
  return [after.get("x")?.n, done.get("x")];
};

describe("a position", () => {
  test("moves up to the first event that is not settled, and remembers those beyond", () => {
    const work = workOf({ readings: [readingOf([1, 2, 3, 4].map((n) => ({ n, key: `k${n}` })))] });
    const [first, second, third] = [work.next(), work.next(), work.next()];
    expect([first, second, third].map((item) => item?.event.data)).toEqual([1, 2, 3]);
    if (second === null || third === null || first === null) throw new Error("nothing to do");
    work.settle(third, at(OK), null);
    expect(position(work)).toEqual([0, ["3-0"]]);
    work.settle(first, at(OK), null);
    expect(position(work)).toEqual([1, ["3-0"]]);
    work.settle(second, at(FAILED), null);
    expect(position(work)).toEqual([3, undefined]);
  });

  test("passes what is not the subscription's, and reaches the end of the log", () => {
    const work = workOf({
      readings: [
        readingOf([
          { n: 1, channel: "other" },
          { n: 2, channel: "other" },
        ]),
      ],
    });
    expect(work.isDone).toBe(true);
    expect(work.hasChanges).toBe(false);
    expect(position(work)).toEqual([2, undefined]);
    expect(work.again(5)).toBeNull();
  });

  test("does not do again what was done beyond it, though less was read this time", () => {
    const work = workOf({
      readings: [readingOf([{ n: 1 }, { n: 2 }], { done: ["2-0", "7-0"], more: true })],
    });
    const item = work.next();
    expect(item?.event.data).toBe(1);
    expect(work.next()).toBeNull();
    if (item !== null) work.settle(item, at(OK), null);
    expect(position(work)).toEqual([2, ["7-0"]]);
    expect(work.again(5)).toBe(5);
  });

  test("behind what was trimmed: what is missed is counted, but for what was done", () => {
    const reading = readingOf([{ n: 11 }], { trimmed: 10, from: 4, done: ["6-0"] });
    expect(reading.missed).toBe(5);
    const work = workOf({ readings: [reading] });
    expect(work.missed).toEqual([{ family: "x", events: 5 }]);
    expect(work.hasChanges).toBe(true);
    expect(position(work)).toEqual([10, undefined]);
  });

  test("of who shares a read from further back does not see what lies before it", () => {
    const work = workOf({
      readings: [
        readingOf(
          upTo(5).map((n) => ({ n })),
          { from: 3 },
        ),
      ],
    });
    expect(work.next()?.event.data).toBe(4);
  });
});

describe("a subscription with 10,000 events pending", () => {
  const lanes = new Map([["x a", ["1-0", "2-0"]]]);

  test("gets no new ones; its retries go on", () => {
    const work = workOf({ readings: [readingOf([{ n: 3 }, { n: 4, key: "a" }])], pending: 10_000, lanes });
    expect(work.next()).toBeNull();
    expect(position(work)).toEqual([0, undefined]);
    // Nothing can be done before something is due.
    expect(work.again(5)).toBeNull();
  });

  test("goes on with new ones as soon as one of them is through", () => {
    const readings = [readingOf([{ n: 3 }])];
    const work = workOf({ readings, retries: [pendingOf(1, "a")], pending: 10_000, lanes });
    const item = work.next();
    expect(item?.event.data).toBe(1);
    expect(work.next()).toBeNull();
    if (item !== null) work.settle(item, at(OK), null);
    expect(work.next()?.event.data).toBe(3);
  });
});

describe("a lane", () => {
  test("whose first is not due is not begun with another; what was due too early is put back", () => {
    const lanes = new Map([["x a", ["1-0", "2-0"]]]);
    const work = workOf({ retries: [pendingOf(2, "a")], pending: 2, lanes });
    expect(work.next()).toBeNull();
    const { changes } = work.take();
    expect([...changes.due]).toEqual([["2-0", null]]);
    expect([...changes.pending]).toEqual([]);
  });

  test("is delivered in its own order, whatever the order in which its events are due", () => {
    const lanes = new Map([["x a", ["1-0", "5-0", "3-0"]]]);
    const retries = [pendingOf(3, "a"), pendingOf(5, "a"), pendingOf(1, "a")];
    const work = workOf({ retries, pending: 3, lanes });
    const got: unknown[] = [];
    for (let item = work.next(); item !== null; item = work.next()) {
      got.push(item.event.data);
      work.settle(item, at(OK), null);
    }
    expect(got).toEqual([1, 5, 3]);
    const { changes, progress } = work.take();
    expect([...changes.lanes]).toEqual([["x a", []]]);
    expect(progressOf(progress)).toMatchObject({ pending: 0, delivered: 3 });
  });

  test("that is empty again lets new events of its key go at once", () => {
    const lanes = new Map([["x a", ["1-0"]]]);
    const readings = [readingOf([{ n: 3, key: "a" }])];
    const work = workOf({ readings, retries: [pendingOf(1, "a")], pending: 1, lanes });
    const item = work.next();
    expect(work.next()).toBeNull();
    if (item !== null) work.settle(item, at(OK), null);
    expect(work.next()?.event.data).toBe(3);
    expect([...work.take().changes.pending]).toEqual([["1-0", null]]);
  });
});

test("retries and new events take turns", () => {
  const readings = [readingOf([3, 4].map((n) => ({ n, key: `k${n}` })))];
  const lanes = new Map([1, 2].map((n) => [`x k${n}`, [`${n}-0`]] as const));
  const work = workOf({ readings, retries: [pendingOf(1, "k1"), pendingOf(2, "k2")], pending: 2, lanes });
  expect([1, 2, 3, 4].map(() => work.next()?.event.data)).toEqual([1, 3, 2, 4]);
});
