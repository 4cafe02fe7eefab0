// The checker tells a wrong history from a right one: what no planted fault of a script makes.

import { expect, test } from "vitest";
import { checkQueue, type QueueViolation } from "../../../../../scripts/faults/queues/check.ts";
import type {
  Operation,
  QueueBooks,
  Receiving,
  Sending,
  Settling,
} from "../../../../../scripts/faults/queues/history.ts";

const NOTHING: QueueBooks = { counted: 0, left: [] };

/** Calls that arrive one after the other, a second apart. */
function found(operations: readonly Operation[], books = NOTHING): QueueViolation["kind"][] {
  const arriving = operations.map((operation, i) => ({
    ...operation,
    arrived: operation.arrived === null ? null : { at: i + 1, clock: 1_000 * (i + 1) },
  }));
  const { violations } = checkQueue({ maxAttempts: 2, operations: arriving }, books);
  return [...new Set(violations.map(({ kind }) => kind))];
}

const called = { by: "it", begun: 0, arrived: { at: 0, clock: 0 } };
const send = (more: Partial<Sending> = {}): Sending => ({
  ...called,
  kind: "send",
  messages: [{ label: 1, delaySeconds: 0, dedupId: undefined }],
  ids: ["1-0"],
  ...more,
});
const receive = (attempts: number, more: Partial<Receiving> = {}): Receiving => ({
  ...called,
  kind: "receive",
  max: 1,
  visibilityMs: 500,
  taken: [{ id: "1-0", label: 1, receipt: `1-0.${attempts}`, attempts }],
  ...more,
});
const ack = (receipt: string, answer: Settling["answer"] = "done"): Settling => ({
  ...called,
  kind: "ack",
  id: "1-0",
  receipt,
  visibilityMs: 0,
  answer,
});

test.each<[string, QueueViolation["kind"][], Operation[]]>([
  ["a message that is received and acked", [], [send(), receive(1), ack("1-0.1")]],
  ["one that comes again when its visibility has ended", [], [send(), receive(1), receive(2), ack("1-0.2")]],
  [
    "one that comes again after a receive that nobody heard",
    [],
    [send(), receive(1, { taken: null }), receive(2), ack("1-0.2")],
  ],
  [
    "an ack that nobody heard, made again",
    [],
    [send(), receive(1), ack("1-0.1", null), ack("1-0.1", "unknown")],
  ],
  ["a send that never arrived", [], [send({ arrived: null, ids: null })]],
  ["an acknowledged message that nobody is given", ["lost"], [send()]],
  ["a message that nobody sent", ["unexpected"], [receive(1)]],
  ["one whose send never arrived", ["unexpected"], [send({ arrived: null, ids: null }), receive(1)]],
  ["one sent under two ids", ["sent twice"], [send(), send({ ids: ["1-1"] }), receive(1), ack("1-0.1")]],
  [
    "one for two at the same time",
    ["taken twice"],
    [send(), receive(1, { visibilityMs: 5_000 }), receive(2), ack("1-0.2")],
  ],
  ["one that comes after its ack", ["revived"], [send(), receive(1), ack("1-0.1"), receive(2), ack("1-0.2")]],
  [
    "an ack that nobody heard and that was lost",
    ["revived"],
    [send(), receive(1), ack("1-0.1", null), receive(2), ack("1-0.2")],
  ],
  ["a stale receipt that acks", ["fence"], [send(), receive(1), receive(2), ack("1-0.1")]],
  ["a good receipt that is refused", ["fence"], [send(), receive(1), ack("1-0.1", "stale"), ack("1-0.1")]],
  ["an ack of what is said to be gone", ["lost"], [send(), receive(1), ack("1-0.1", "unknown")]],
  ["a skipped attempt", ["miscounted"], [send(), receive(2), ack("1-0.2")]],
  ["an attempt too many", ["miscounted"], [send(), receive(1), receive(2), receive(3), ack("1-0.3")]],
  [
    "an empty answer beside a ready message",
    ["out of order"],
    [send(), receive(1, { taken: [] }), receive(1), ack("1-0.1")],
  ],
  [
    "one that is dead before its time",
    ["dead"],
    [send(), receive(1), { ...called, kind: "dead", items: [{ id: "1-0", attempts: 1 }] }, ack("1-0.1")],
  ],
  [
    "one that is not dead in its time",
    ["dead"],
    [send(), receive(1), receive(2), { ...called, kind: "dead", items: [] }, ack("1-0.2")],
  ],
])("%s: %j", (_, kinds, operations) => {
  expect(found(operations)).toEqual(kinds);
});

test("what is left in Redis when all is acked is found", () => {
  expect(found([], { counted: 1, left: [] })).toEqual(["left over"]);
  expect(found([], { counted: 0, left: ["b:1-0"] })).toEqual(["left over"]);
});
