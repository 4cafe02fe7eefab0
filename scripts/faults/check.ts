// The checker: what a history must hold, whatever has happened. Pure; it knows the dispatcher's promises and not its ways.

import { compareIds } from "../../lib/pubsub/ids.ts";
import type { Account, Attempt, Books, History, Listener } from "./history.ts";

/** Deliveries of one run whose outcome may not be written down yet, when it ends or loses a lease. */
const MOST_IN_FLIGHT = 10;
/** A healthy subscription waits no longer than the time-out of one bad delivery. */
const MOST_DELAY_MS = 11_000;

export interface Violation {
  readonly kind:
    | "lost"
    | "unexpected"
    | "published twice"
    | "repeated"
    | "out of order"
    | "left over"
    | "miscounted"
    | "delayed"
    | "stuck";
  readonly text: string;
}

export interface Verdict {
  readonly violations: readonly Violation[];
  /** Deliveries that a receiver got again, each with its excuse. */
  readonly repeats: number;
  /** Publishes without an answer: those that had happened all the same, and all. */
  readonly unknown: { readonly happened: number; readonly all: number };
  /** Events told as missed. */
  readonly missed: number;
}

/** The events of one channel with the same key. */
const laneOf = ({ channel, key }: { channel: string; key: string | null }): string | null =>
  key === null ? null : `${channel} ${key}`;

export const familyOf = (channel: string): string => channel.split(":")[0] ?? "";

/** Redis's globs, as far as `*` goes: all that the matrix subscribes with. */
export function matches(pattern: string, channel: string): boolean {
  const parts = pattern.split("*").map((part) => part.replaceAll(/[.:]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join(".*")}$`).test(channel);
}

export function check(history: History, books: Books): Verdict {
  const { publishes, listeners, attempts } = history;
  const violations: Violation[] = [];
  const violated = (kind: Violation["kind"], text: string) => void violations.push({ kind, text });

  const ids = idsOf(history, violated);
  checkIds(history, violated);
  for (const attempt of attempts) {
    const reason = whyUnexpected(history, attempt);
    if (reason !== null) violated("unexpected", `${tell(attempt)}: ${reason}`);
  }
  for (const { run, fate } of history.runs) if (fate === "running") violated("stuck", `run ${run}`);
  const repeats = checkRepeats(history, violated);
  for (const listener of listeners) {
    const own = attempts.filter(({ to }) => to === listener.id);
    checkOrder(listener, own, violated);
    checkNumbers(own, violated);
    if (listener.isHealthy) checkDelays(own, violated);
    const account = books.accounts.find(({ id }) => id === listener.id);
    if (listener.removed !== null) continue;
    if (account === undefined) violated("lost", `subscription ${listener.id}`);
    else checkAccount(history, listener, account, books, ids, violated);
  }
  const unknown = publishes.filter(({ outcome }) => outcome === "unknown");
  return {
    violations,
    repeats,
    unknown: { happened: unknown.filter(({ label }) => ids.has(label)).length, all: unknown.length },
    missed: books.accounts.reduce((sum, { missed }) => sum + missed, 0),
  };
}

type Violated = (kind: Violation["kind"], text: string) => void;

const tell = ({ to, event, attempt, answer, run }: Attempt): string =>
  `event ${String(event.data)} to ${to} (attempt ${attempt}, ${answer}, run ${run})`;

/** Label → id, of what is known to have been published. */
function idsOf({ publishes, attempts }: History, violated: Violated): Map<number, string> {
  const ids = new Map<number, string>();
  for (const { label, id } of publishes) if (id !== null) ids.set(label, id);
  for (const { event } of attempts) {
    const known = ids.get(Number(event.data));
    if (known === undefined) ids.set(Number(event.data), event.id);
    else if (known !== event.id) violated("published twice", `${String(event.data)}: ${known}, ${event.id}`);
  }
  return ids;
}

/** What was begun when another was acknowledged has a later id. */
function checkIds({ publishes }: History, violated: Violated): void {
  const known = publishes.flatMap(({ id, begun, acknowledged }) =>
    id === null || acknowledged === null ? [] : [{ id, begun, acknowledged }],
  );
  const answered = known.toSorted((a, b) => a.acknowledged - b.acknowledged);
  let next = 0;
  let last = "0-0";
  for (const { id, begun } of known.toSorted((a, b) => a.begun - b.begun)) {
    for (; (answered[next]?.acknowledged ?? Number.POSITIVE_INFINITY) < begun; next += 1) {
      const { id: before } = answered[next] ?? { id: last };
      if (compareIds(before, last) > 0) last = before;
    }
    if (compareIds(last, id) >= 0) violated("out of order", `${id} behind ${last}`);
  }
}

function whyUnexpected({ publishes, listeners, runs }: History, attempt: Attempt): string | null {
  const { event, run, at } = attempt;
  const listener = listeners.find(({ id }) => id === attempt.to);
  if (listener === undefined) return "no such subscription";
  const published = publishes[Number(event.data) - 1];
  if (published === undefined || published.outcome === "refused") return "never published";
  if (published.channel !== event.channel || published.key !== event.key) return "not as it was published";
  if (!matches(listener.pattern, event.channel)) return `not of ${listener.pattern}`;
  if (published.label < listener.mayFrom) return "from before the subscription";
  const begun = runs[run - 1]?.begun ?? 0;
  if (listener.removed !== null && begun > listener.removed) return "the subscription had been removed";
  const pause = listener.pauses.find(({ from, to }) => begun > from && (to === null || at < to));
  return pause === undefined ? null : "the subscription was paused";
}

/** Again only what was in flight when its run was killed, lost its lease or its Redis, or what was answered too late. */
function checkRepeats({ attempts, runs }: History, violated: Violated): number {
  const taken = new Map<string, Attempt>();
  const excused = new Map<number, Set<string>>();
  let repeats = 0;
  for (const attempt of attempts) {
    const name = `${attempt.to} ${attempt.event.id}`;
    const before = taken.get(name);
    if (before !== undefined) repeats += 1;
    if (before?.wasHeard === true) {
      const run = runs[before.run - 1];
      const isUnsaid = run !== undefined && (run.fate !== "ended" || run.lost.has(attempt.to));
      // Who has lost a lease knows by its next commit.
      const isUnaware = runs[attempt.run - 1]?.lost.has(attempt.to) ?? false;
      if (!isUnsaid && !isUnaware) violated("repeated", `${tell(attempt)} after ${tell(before)}`);
      const excuse = isUnsaid ? before.run : attempt.run;
      excused.set(excuse, (excused.get(excuse) ?? new Set()).add(name));
    }
    if (attempt.answer === "delivered") taken.set(name, attempt);
  }
  for (const [run, names] of excused) {
    const times = Math.max(1, runs[run - 1]?.losses ?? 0);
    if (names.size > MOST_IN_FLIGHT * times) violated("repeated", `${names.size} deliveries of run ${run}`);
  }
  return repeats;
}

/** The events of a key arrive in their order, and are taken in it: each for the first time. */
function checkOrder({ id }: Listener, attempts: readonly Attempt[], violated: Violated): void {
  const deliveries = attempts.filter(({ answer }) => answer === "delivered");
  for (const [what, list] of Object.entries({ arrivals: attempts, deliveries })) {
    const last = new Map<string, Attempt>();
    const seen = new Set<string>();
    for (const attempt of list) {
      const lane = laneOf(attempt.event);
      if (lane === null || seen.has(attempt.event.id)) continue;
      seen.add(attempt.event.id);
      const before = last.get(lane);
      if (before !== undefined && compareIds(attempt.event.id, before.event.id) < 0) {
        violated("out of order", `first ${what} of ${lane} at ${id}: ${tell(attempt)} after ${tell(before)}`);
      }
      last.set(lane, attempt);
    }
  }
}

/** An event's attempts are numbered from 1, and no number is skipped. */
function checkNumbers(attempts: readonly Attempt[], violated: Violated): void {
  const most = new Map<string, number>();
  for (const attempt of attempts) {
    const before = most.get(attempt.event.id) ?? 0;
    if (attempt.attempt > before + 1 || attempt.attempt < 1) violated("miscounted", tell(attempt));
    most.set(attempt.event.id, Math.max(before, attempt.attempt));
  }
}

function checkDelays(attempts: readonly Attempt[], violated: Violated): void {
  for (const attempt of attempts) {
    if (attempt.sinceRunMs > MOST_DELAY_MS) violated("delayed", `${tell(attempt)}: ${attempt.sinceRunMs} ms`);
  }
}

/** Each event that is a subscription's is delivered, dead, kept for it, or told as missed. */
function checkAccount(
  { publishes, attempts }: History,
  listener: Listener,
  account: Account,
  { trimmed, isOver }: Books,
  ids: ReadonlyMap<number, string>,
  violated: Violated,
): void {
  const { id, pattern, mustFrom } = listener;
  const taken = new Set(
    attempts.flatMap((each) => (each.to === id && each.answer === "delivered" ? each.event.id : [])),
  );
  const kept = new Set([...account.pending, ...account.unread, ...account.dead]);
  let missing = 0;
  for (const { label, outcome, channel } of publishes) {
    const event = ids.get(label);
    const isIts = outcome === "acknowledged" && label >= mustFrom && matches(pattern, channel);
    if (!isIts || event === undefined || taken.has(event) || kept.has(event)) continue;
    missing += 1;
    const gone = trimmed.get(familyOf(channel));
    if (gone === undefined || compareIds(event, gone.id) > 0) {
      violated("lost", `event ${label} (${event}) for ${id}, which is ${account.status}`);
    }
  }
  const families = [...trimmed].filter(([family]) => mayHold(pattern, family));
  const most = families.reduce((sum, [, { n }]) => sum + n, 0);
  const isSettled = isOver && account.status === "active";
  // Who is not served is told when it is served again.
  if (isSettled && missing > account.missed)
    violated("lost", `${missing} events for ${id}, told: ${account.missed}`);
  if (account.missed > most)
    violated("miscounted", `${account.missed} missed by ${id}, ${most} were trimmed`);
  if (account.delivered > taken.size) {
    violated("miscounted", `${account.delivered} delivered to ${id}, which took ${taken.size}`);
  }
  const reachable = new Set(account.reachable);
  const out = account.pending.filter((event) => !reachable.has(event));
  if (out.length > 0) violated("lost", `${out.join(", ")}: pending for ${id}, and never due`);
  const left = account.pending.length + account.unread.length;
  if (isSettled && left > 0) violated("left over", `${left} events for ${id}`);
}

function mayHold(pattern: string, family: string): boolean {
  const prefix = pattern.split("*")[0] ?? "";
  if (prefix.includes(":") || !pattern.includes("*")) return familyOf(prefix) === family;
  return family.startsWith(prefix);
}
