// What a message must be like, by what is known from outside: the state that the checker holds of each.

import type { Receiving, Settling } from "./history.ts";

export interface Message {
  /** Its creator's, which is its body. */
  readonly label: number;
  /** Null where nobody has heard it yet. */
  id: string | null;
  /** Whether its producer heard that it was sent. */
  isAcknowledged: boolean;
  /** When it was sent by the queue's clock, which never goes back. */
  readonly sentAt: number;
  /** It is hidden until then, at the least: by Redis's clock, as all times here. */
  until: number;
  /** The latest that Redis's clock has said to a receive since: what was visible once is so when the clock has gone back, too. */
  seen: number;
  /** As of the last receive that somebody heard of, or 0. */
  attempts: number;
  receipt: string | null;
  /** Receives that nobody heard the answer of, and which may have taken it since. */
  unheard: Receiving[];
  redriven: "no" | "maybe" | "yes";
  gone: "no" | "maybe" | "yes";
}

export function createMessage(label: number, sentAt: number, until: number): Message {
  return {
    label,
    id: null,
    isAcknowledged: false,
    sentAt,
    until,
    seen: 0,
    attempts: 0,
    receipt: null,
    unheard: [],
    redriven: "no",
    gone: "no",
  };
}

/** Whether it is known how it stands. */
export const isSure = ({ unheard, redriven, gone }: Message): boolean =>
  unheard.length === 0 && redriven !== "maybe" && gone !== "maybe";

/** Whether a receive at this time has to find it. */
export const isReady = (message: Message, clock: number, maxAttempts: number): boolean =>
  isSure(message) && message.gone === "no" && message.until <= clock && message.attempts < maxAttempts;

/** Whether it is among the dead, for certain. */
export const isDead = (message: Message, clock: number, maxAttempts: number): boolean =>
  isSure(message) && message.gone === "no" && message.until <= clock && message.attempts >= maxAttempts;

export const mayBeDead = (message: Message, clock: number, maxAttempts: number): boolean =>
  message.gone !== "yes" &&
  message.until <= clock &&
  message.attempts + message.unheard.length >= maxAttempts;

/** A receive whose answer is lost: it may have taken the message. */
export function mayBeTaken(message: Message, receiving: Receiving, clock: number, maxAttempts: number): void {
  const isSpent = message.attempts >= maxAttempts && message.redriven !== "maybe";
  if (message.gone !== "yes" && message.until <= Math.max(clock, message.seen) && !isSpent)
    message.unheard.push(receiving);
}

/** @returns what is wrong with the number of attempts that a receive was told, or null */
export function whyMiscounted(message: Message, attempts: number, maxAttempts: number): string | null {
  const { redriven, unheard } = message;
  const between = (base: number): boolean =>
    attempts > base && attempts <= base + 1 + unheard.length && attempts <= maxAttempts;
  if (redriven !== "yes" && between(message.attempts)) return null;
  if (redriven !== "no" && between(0)) return null;
  const after = redriven === "yes" ? 0 : message.attempts;
  return `attempt ${attempts} after ${after} of ${maxAttempts}, and ${unheard.length} unheard`;
}

/** @returns whether a receive at this time comes while the message is somebody else's */
export function isHeld(message: Message, attempts: number, clock: number): boolean {
  if (message.redriven === "maybe") return false;
  const missing = attempts - message.attempts - 1;
  const latest = Math.max(clock, message.seen);
  if (missing <= 0) return latest < message.until;
  return !message.unheard.some(({ arrived, visibilityMs }) => latest >= (arrived?.clock ?? 0) + visibilityMs);
}

/** @returns what an ack or a change of the visibility may be answered */
export function answersOf(message: Message, receipt: string): ReadonlySet<Settling["answer"]> {
  if (message.gone === "yes") return new Set(["unknown"]);
  const answers = new Set<Settling["answer"]>();
  const isLatest = message.receipt === receipt;
  if (isLatest && message.redriven !== "yes") answers.add("done");
  if (!isLatest || message.redriven !== "no" || message.unheard.length > 0) answers.add("stale");
  if (message.gone === "maybe") answers.add("unknown");
  return answers;
}

/** A receipt was good: then nobody had taken the message since. */
export function settle(message: Message, kind: Settling["kind"], until: number): void {
  Object.assign(message, { unheard: [], redriven: "no", until, seen: 0 });
  message.gone = kind === "ack" ? "yes" : "no";
}
