// Who is to be served, and what has to be read for it. Decided from a survey: nothing here asks Redis or the clock.

import type { Position } from "../look.ts";
import { compareIds } from "../ids.ts";
import { EVENTS } from "../keys.ts";
import { familiesBehind, positionIn, type Standing } from "../subscriptions/positions.ts";
import { definitionOf, NO_PROGRESS, progressOf, type Definition } from "../subscriptions/records.ts";
import { standingOf } from "../subscriptions/subscribers.ts";
import type { Subscriber } from "../subscriptions/types.ts";
import { LOOK_AGAIN } from "./scripts.ts";
import type { Survey } from "./survey.ts";

/** Events pending for a subscription, at most: then it gets no others, and the log keeps them. */
export const MAX_PENDING = 10_000;
/** For how long a subscription that keeps failing is left in peace. */
export const REST_MS = 10_000;
/** Entries of a log read at once. */
export const PAGE = 100;
/** Logs read, and subscriptions whose retries are loaded, in one round: bounds what one answer holds. */
const MAX_READS = 20;
const MAX_LOADS = 20;
/** Subscriptions without any that are asked for them all the same, since they may have been given dead letters back. */
const MAX_LOOKS = 200;

/** A subscription that there may be something to do for. */
export interface Candidate {
  readonly id: string;
  /** Its lease as it was seen, "" where it never had one. */
  readonly lease: string;
  /** Since when it waits, in milliseconds since 1970. */
  readonly since: number;
  /** Whether the agenda has called for it. */
  readonly called: boolean;
  /** What it is, as text and as it is read. Null for one in code. */
  readonly text: string | null;
  readonly definition: Definition | null;
  /** Null for a webhook, and for one in code that this version of the Worker does not know. */
  readonly subscriber: Subscriber | null;
  /** Null for one in code that this version does not know. */
  readonly standing: Standing | null;
}

/** A subscription to take. */
export interface Claim extends Candidate {
  /** The families read for it, and which of the reads that is. */
  readonly reads: readonly { readonly family: string; readonly read: number }[];
  /** Whether its retries are loaded. */
  readonly load: boolean;
  /** Whether it is behind in families that are not read. */
  readonly partly: boolean;
}

export interface Plan {
  readonly claims: readonly Claim[];
  readonly reads: readonly Position[];
  /** Left for the next round, and not on the agenda yet. */
  readonly later: readonly string[];
  /** Whether any are left for the next round. */
  readonly isPart: boolean;
}

/** What two clocks may be apart without one of them being wrong. */
const SKEW_MS = 5_000;

/** Whether a lease holds. One that ends much later than one can has been given by a clock that was wrong. */
export function isHeld(lease: string, now: number, leaseMs: number): boolean {
  const until = Number(lease.split(" ")[1] ?? 0);
  return until > now && until - now <= leaseMs + SKEW_MS;
}

/** Whether a lease was given back, or never held. */
export const wasLeft = (lease: string): boolean => lease === "" || lease.endsWith(" 0");

export interface CandidateOptions {
  readonly subscribers: ReadonlyMap<string, Subscriber>;
  readonly leaseMs: number;
  /** From 0 up to 1: who is first of those that wait since the same moment. */
  readonly random: number;
}

/** Those that nobody serves and that have something due or are behind, who has waited longest first. */
export function candidatesOf(seen: Survey, options: CandidateOptions): Candidate[] {
  const { subscribers, leaseMs, random } = options;
  const known = [...seen.subscriptions.keys(), ...subscribers.keys()];
  // What is on the agenda and unknown is in another version's code, where it has progress; else it was deleted, and has to go.
  const unknown = [...seen.due.keys()].filter(
    (id) => id !== EVENTS && id !== LOOK_AGAIN && !seen.subscriptions.has(id) && !subscribers.has(id),
  );
  return rotated([...known, ...unknown], random)
    .filter((id) => !isHeld(seen.leases.get(id) ?? "", seen.at, leaseMs))
    .map((id) => candidateOf(id, seen, subscribers.get(id) ?? null))
    .filter((candidate) => candidate.called || wakes(candidate, seen))
    .toSorted((a, b) => a.since - b.since);
}

function candidateOf(id: string, seen: Survey, subscriber: Subscriber | null): Candidate {
  const text = seen.subscriptions.get(id) ?? null;
  const definition = text === null ? null : definitionOf(text);
  const progress = seen.progress.get(id) ?? null;
  const since = seen.due.get(id);
  let standing: Standing | null = null;
  if (subscriber !== null) standing = standingOf(subscriber, progress, seen.heads, seen.trimmed);
  else if (definition !== null) {
    standing = { ...definition, progress: progress === null ? NO_PROGRESS : progressOf(progress) };
  }
  const lease = seen.leases.get(id) ?? "";
  const called = since !== undefined;
  return { id, lease, since: since ?? seen.at, called, text, definition, subscriber, standing };
}

/** Whether anything may be delivered to it: it is active, and known to this version. */
const isServed = (candidate: Candidate): candidate is Candidate & { readonly standing: Standing } =>
  candidate.standing !== null && (candidate.definition === null || candidate.definition.status === "active");

/** Whether events alone are a reason to serve it. */
function wakes(candidate: Candidate, { heads, at }: Survey): boolean {
  if (!isServed(candidate)) return false;
  const { pending, restUntil } = candidate.standing.progress;
  const rests = restUntil > at && restUntil - at <= REST_MS;
  return !rests && pending < MAX_PENDING && familiesBehind(candidate.standing, heads).length > 0;
}

/**
 * What to take and to read, within bounds. Who stands close to the end of a log shares one read with all others that do; who is
 * far behind has one of its own, so that it holds up nobody.
 *
 * @param random from 0 up to 1: where among the families to begin, so that none is always the last
 */
export function planOf(candidates: readonly Candidate[], { heads }: Survey, random: number): Plan {
  const shared = sharedReads(candidates, heads);
  const reads: Position[] = [];
  const places = new Map<string, number>();
  let loads = 0;
  let looks = 0;

  /** Whether its retries may be loaded too. */
  function mayLoad(pending: number): boolean {
    if (pending > 0) return (loads += 1) <= MAX_LOADS;
    return (looks += 1) <= MAX_LOOKS;
  }

  /** Which read is for a position; undefined where there are too many. */
  function readFor(family: string, { id, n }: { id: string; n: number }): number | undefined {
    const near = (heads.get(family)?.n ?? 0) - n <= PAGE;
    const after = near ? (shared.get(family) ?? id) : id;
    const name = `${family} ${after}`;
    const place = places.get(name);
    if (place !== undefined || reads.length === MAX_READS) return place;
    places.set(name, reads.length);
    return reads.push({ family, after }) - 1;
  }

  const claims: Claim[] = [];
  const later: string[] = [];
  for (const candidate of candidates) {
    if (!isServed(candidate)) {
      claims.push({ ...candidate, reads: [], load: false, partly: false });
      continue;
    }
    const { id, lease, standing, called } = candidate;
    const { pending } = standing.progress;
    // Who has not given it back may have some pending by now.
    const load = called || pending > 0 || !wasLeft(lease);
    const isLoaded = !load || mayLoad(pending);
    const behind = rotated(familiesBehind(standing, heads), random);
    const readable = isLoaded && pending < MAX_PENDING ? behind : [];
    const own = readable.flatMap((family) => {
      const read = readFor(family, positionIn(standing, family));
      return read === undefined ? [] : [{ family, read }];
    });
    if (isLoaded && (load || own.length > 0)) {
      claims.push({ ...candidate, reads: own, load, partly: own.length < behind.length });
    } else if (!called) {
      later.push(id);
    }
  }
  return { claims, reads, later, isPart: claims.length < candidates.length };
}

/** For each family the earliest position from which one page reaches the end. */
function sharedReads(candidates: readonly Candidate[], heads: Survey["heads"]): Map<string, string> {
  const shared = new Map<string, string>();
  for (const candidate of candidates) {
    if (!isServed(candidate)) continue;
    const { standing } = candidate;
    if (standing.progress.pending >= MAX_PENDING) continue;
    for (const family of familiesBehind(standing, heads)) {
      const { id, n } = positionIn(standing, family);
      const known = shared.get(family);
      const near = (heads.get(family)?.n ?? 0) - n <= PAGE;
      if (near && (known === undefined || compareIds(id, known) < 0)) shared.set(family, id);
    }
  }
  return shared;
}

function rotated<T>(list: readonly T[], random: number): T[] {
  const start = Math.floor(random * list.length);
  return [...list.slice(start), ...list.slice(0, start)];
}
