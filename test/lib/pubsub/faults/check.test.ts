// The checker finds what is wrong: histories that a dispatcher must never make, one for each promise.

import { describe, expect, test } from "vitest";
import { check, matches, type Violation } from "../../../../scripts/faults/check.ts";
import type {
  Account,
  Attempt,
  Books,
  DispatchRun,
  History,
  Listener,
  PublishedEvent,
} from "../../../../scripts/faults/history.ts";

const published = (label: number, more: Partial<PublishedEvent> = {}): PublishedEvent => ({
  label,
  channel: "user:new",
  key: "k",
  outcome: "acknowledged",
  id: `${label}-0`,
  begun: 2 * label,
  acknowledged: 2 * label + 1,
  ...more,
});

const listener = (more: Partial<Listener> = {}): Listener => ({
  id: "it",
  kind: "webhook",
  pattern: "user:*",
  isHealthy: false,
  mayFrom: 1,
  mustFrom: 1,
  removed: null,
  pauses: [],
  ...more,
});

const run = (number: number, more: Partial<DispatchRun> = {}): DispatchRun => ({
  run: number,
  begun: 0,
  fate: "ended",
  lost: new Set(),
  losses: 0,
  ...more,
});

function attempt(
  label: number,
  { channel = "user:new", key = "k", ...more }: Partial<Attempt> & { channel?: string; key?: string } = {},
): Attempt {
  const event = { id: `${label}-0`, channel, key, type: null, data: label, at: "" };
  const rest = {
    at: 1,
    run: 1,
    to: "it",
    attempt: 1,
    answer: "delivered",
    wasHeard: true,
    sinceRunMs: 0,
  } as const;
  return { ...rest, event, ...more };
}

const account = (more: Partial<Account> = {}): Account => ({
  id: "it",
  status: "active",
  pending: [],
  reachable: [],
  dead: [],
  unread: [],
  missed: 0,
  delivered: 0,
  ...more,
});

const books = (more: Partial<Books> = {}): Books => ({
  accounts: [account()],
  trimmed: new Map(),
  isOver: true,
  ...more,
});

/** What is found in a history of two events, which lacks what is not said. */
function found(history: Partial<History>, kept: Partial<Books> = {}): Violation["kind"][] {
  const whole: History = {
    publishes: [published(1), published(2)],
    listeners: [listener()],
    runs: [run(1), run(2)],
    attempts: [attempt(1), attempt(2)],
    ...history,
  };
  return [...new Set(check(whole, books(kept)).violations.map(({ kind }) => kind))];
}

const killed = [run(1, { fate: "killed" }), run(2)];

test("nothing is found where all is well", () => {
  expect(found({})).toEqual([]);
});

describe("lost", () => {
  test("is an acknowledged event that never came", () => {
    expect(found({ attempts: [attempt(1)] })).toEqual(["lost"]);
    expect(found({ attempts: [attempt(1), attempt(2, { answer: "failed" })] })).toEqual(["lost"]);
  });

  test("is not what is dead, or was of unknown outcome", () => {
    expect(found({ attempts: [attempt(1)] }, { accounts: [account({ dead: ["2-0"] })] })).toEqual([]);
    const publishes = [published(1), published(2, { outcome: "unknown", id: null })];
    expect(found({ publishes, attempts: [attempt(1)] })).toEqual([]);
  });

  test("is not what waits, as long as it is not over", () => {
    for (const kept of [{ unread: ["2-0"] }, { pending: ["2-0"], reachable: ["2-0"] }]) {
      expect(found({ attempts: [attempt(1)] }, { accounts: [account(kept)], isOver: false })).toEqual([]);
      expect(found({ attempts: [attempt(1)] }, { accounts: [account(kept)] })).toEqual(["left over"]);
      const paused = [account({ ...kept, status: "paused" })];
      expect(found({ attempts: [attempt(1)] }, { accounts: paused })).toEqual([]);
    }
  });

  test("is what is pending and never due", () => {
    const accounts = [account({ pending: ["2-0"] })];
    expect(found({ attempts: [attempt(1)] }, { accounts, isOver: false })).toEqual(["lost"]);
  });

  test("is what was trimmed and not told", () => {
    const trimmed = new Map([["user", { id: "2-0", n: 2 }]]);
    const one = { attempts: [attempt(1)] };
    expect(found(one, { trimmed })).toEqual(["lost"]);
    expect(found(one, { trimmed, accounts: [account({ missed: 1 })] })).toEqual([]);
    expect(found(one, { accounts: [account({ missed: 1 })] })).toEqual(["lost", "miscounted"]);
  });

  test("is a subscription that nobody removed", () => {
    expect(found({}, { accounts: [] })).toEqual(["lost"]);
    expect(found({ listeners: [listener({ removed: 9 })] }, { accounts: [] })).toEqual([]);
  });
});

describe("unexpected", () => {
  test.each<[string, Partial<History>]>([
    ["was never published", { attempts: [attempt(1), attempt(2), attempt(3)] }],
    ["was refused", { publishes: [published(1), published(2, { outcome: "refused", id: null })] }],
    ["has another key", { attempts: [attempt(1), attempt(2, { key: "other" })] }],
    ["is not of the pattern", { listeners: [listener({ pattern: "order:*" })] }],
    ["is from before the subscription", { listeners: [listener({ mayFrom: 2, mustFrom: 2 })] }],
    ["goes to nobody that is known", { attempts: [attempt(1), attempt(2), attempt(2, { to: "else" })] }],
    ["comes after the removal", { listeners: [listener({ removed: 1 })], runs: [run(1, { begun: 2 })] }],
    [
      "comes during a pause",
      { listeners: [listener({ pauses: [{ from: 1, to: 9 }] })], runs: [run(1, { begun: 2 })] },
    ],
  ])("is what %s", (_, history) => {
    expect(found(history)).toContain("unexpected");
  });

  test("is not what had begun before the pause", () => {
    expect(found({ listeners: [listener({ pauses: [{ from: 1, to: 9 }] })] })).toEqual([]);
  });
});

describe("repeated", () => {
  const again = [attempt(1), attempt(1, { run: 2 }), attempt(2, { run: 2 })];

  test("is what had been taken, in a run that ended well", () => {
    expect(found({ attempts: again })).toEqual(["repeated"]);
  });

  test("is not what was in flight at a kill, when the lease went, or was not heard", () => {
    expect(found({ attempts: again, runs: killed })).toEqual([]);
    expect(found({ attempts: again, runs: [run(1, { lost: new Set(["it"]) }), run(2)] })).toEqual([]);
    expect(found({ attempts: again, runs: [run(1), run(2, { lost: new Set(["it"]) })] })).toEqual([]);
    const [first, ...others] = again;
    if (first === undefined) throw new Error("no attempt");
    expect(found({ attempts: [{ ...first, wasHeard: false }, ...others] })).toEqual([]);
  });

  test("is more than can be in flight, kill or not", () => {
    const labels = Array.from({ length: 11 }, (_, i) => i + 1);
    const attempts = [1, 2].flatMap((at) => labels.map((label) => attempt(label, { run: at })));
    const publishes = labels.map((label) => published(label));
    expect(found({ publishes, attempts, runs: killed })).toEqual(["repeated"]);
  });

  test("are counted", () => {
    const history = {
      publishes: [published(1)],
      listeners: [listener()],
      runs: killed,
      attempts: again.slice(0, 2),
    };
    expect(check(history, books())).toMatchObject({ violations: [], repeats: 1 });
  });
});

describe("out of order", () => {
  test("are the first deliveries of a key", () => {
    expect(found({ attempts: [attempt(2), attempt(1)] })).toEqual(["out of order"]);
  });

  test("is what comes while one before it waits for a retry", () => {
    const failed = attempt(1, { answer: "failed" });
    const attempts = [failed, attempt(2), attempt(1, { run: 2, attempt: 2 })];
    expect(found({ attempts })).toEqual(["out of order"]);
  });

  test("are neither repeats, nor other keys, nor other channels", () => {
    const attempts = [attempt(1), attempt(2), attempt(1, { run: 2 })];
    expect(found({ attempts, runs: killed })).toEqual([]);
    for (const more of [{ key: "other" }, { channel: "user:gone" }]) {
      const publishes = [published(1, more), published(2)];
      expect(found({ publishes, attempts: [attempt(2), attempt(1, more)] })).toEqual([]);
    }
  });

  test("are ids that go back", () => {
    const publishes = [published(1, { id: "2-0" }), published(2, { id: "1-0" })];
    expect(found({ publishes, attempts: [], listeners: [] })).toEqual(["out of order"]);
  });
});

test("published twice is one event under two ids", () => {
  const twin = attempt(1);
  const attempts = [twin, { ...twin, event: { ...twin.event, id: "1-1" } }, attempt(2)];
  expect(found({ attempts })).toEqual(["published twice"]);
});

test("miscounted are attempts with numbers skipped, and more deliveries than were taken", () => {
  expect(found({ attempts: [attempt(1), attempt(2, { attempt: 2 })] })).toEqual(["miscounted"]);
  expect(found({}, { accounts: [account({ delivered: 3 })] })).toEqual(["miscounted"]);
});

test("delayed is a healthy subscription that waits for another", () => {
  const attempts = [attempt(1), attempt(2, { sinceRunMs: 20_000 })];
  expect(found({ attempts })).toEqual([]);
  expect(found({ attempts, listeners: [listener({ isHealthy: true })] })).toEqual(["delayed"]);
});

test("stuck is a run that never ends", () => {
  expect(found({ runs: [run(1, { fate: "running" })] })).toEqual(["stuck"]);
});

test("publishes of unknown outcome are told apart", () => {
  const unknown = { outcome: "unknown", id: null } as const;
  const history: History = {
    publishes: [published(1, unknown), published(2, unknown)],
    listeners: [listener()],
    runs: [run(1)],
    attempts: [attempt(2)],
  };
  expect(check(history, books())).toMatchObject({ violations: [], unknown: { happened: 1, all: 2 } });
});

test.each([
  ["*", "user:new", true],
  ["user:*", "user:new", true],
  ["user:*", "users:new", false],
  ["o*", "order:new", true],
  ["news", "news", true],
  ["news", "newsletter", false],
])("%s and %s: %s", (pattern, channel, does) => {
  expect(matches(pattern, channel)).toBe(does);
});
