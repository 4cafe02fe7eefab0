// The checker: what a history must hold, whatever has happened. Pure; it knows what queues promise and not their ways. The
// calls are gone through in the order in which they came to Redis.

import type {
  Arrival,
  Listing,
  Operation,
  QueueBooks,
  QueueHistory,
  Receiving,
  Redriving,
  Settling,
} from "./history.ts";
import {
  answersOf,
  isDead,
  isHeld,
  isReady,
  isSure,
  mayBeDead,
  mayBeTaken,
  settle,
  whyMiscounted,
  type Message,
} from "./messages.ts";
import { createSends } from "./sends.ts";

export interface QueueViolation {
  readonly kind:
    | "lost"
    | "unexpected"
    | "sent twice"
    | "taken twice"
    | "revived"
    | "fence"
    | "miscounted"
    | "out of order"
    | "dead"
    | "dedup"
    | "left over"
    | "stuck";
  readonly text: string;
}

export interface QueueVerdict {
  readonly violations: readonly QueueViolation[];
  /** Receives of a message that somebody had been given before, by their excuse. */
  readonly again: { readonly ended: number; readonly unheard: number };
  /** Settlings with a receipt that was none any more, all of them refused. */
  readonly stale: number;
  /** Sends of a dedupId that sent nothing. */
  readonly deduplicated: number;
  readonly dead: number;
}

export type Violated = (kind: QueueViolation["kind"], text: string) => void;

export function checkQueue(history: QueueHistory, books: QueueBooks): QueueVerdict {
  const { operations, maxAttempts } = history;
  const violations: QueueViolation[] = [];
  const violated: Violated = (kind, text) => void violations.push({ kind, text });
  const sends = createSends(violated);
  const again = { ended: 0, unheard: 0 };
  const seenDead = new Set<string>();
  let stale = 0;

  function receive(receiving: Receiving, { clock }: Arrival): void {
    const { taken, max, by } = receiving;
    for (const message of sends.messages()) {
      if (taken === null) mayBeTaken(message, receiving, clock, maxAttempts);
      message.seen = Math.max(message.seen, clock);
    }
    if (taken === null) return;
    if (taken.length > max) violated("unexpected", `${taken.length} for ${by}, which asked for ${max}`);
    if (taken.some(({ id }, i) => i > 0 && id <= (taken[i - 1]?.id ?? ""))) {
      violated("out of order", taken.map(({ id }) => id).join(", "));
    }
    const found = new Set<Message>();
    for (const { id, label, attempts, receipt } of taken) {
      const message = sends.received(label, id);
      if (message === null) continue;
      if (found.has(message)) violated("taken twice", `${id} by ${by}, in one answer`);
      found.add(message);
      take(message, { attempts, receipt, by }, clock);
      Object.assign(message, { attempts, receipt, until: clock + receiving.visibilityMs });
      Object.assign(message, { unheard: [], redriven: "no", gone: "no", seen: 0 });
    }
    // Whoever has room for more, or takes one that was sent later, has to take it.
    const last = taken.length < max ? "~" : (taken.at(-1)?.id ?? "~");
    for (const message of sends.messages()) {
      const { id, label } = message;
      if (found.has(message) || id === null || id > last || !isReady(message, clock, maxAttempts)) continue;
      violated("out of order", `message ${label} (${id}) was ready, and ${by} passed it over`);
    }
  }

  function take(
    message: Message,
    { attempts, receipt, by }: { attempts: number; receipt: string; by: string },
    clock: number,
  ): void {
    const told = `message ${message.label} (${receipt}) to ${by}`;
    if (message.gone === "yes") return violated("revived", `${told}: it was acked`);
    const why = whyMiscounted(message, attempts, maxAttempts);
    if (why !== null) return violated("miscounted", `${told}: ${why}`);
    if (isHeld(message, attempts, clock)) {
      violated("taken twice", `${told}: hidden for ${message.until - clock} ms more`);
    }
    if (message.receipt === null && message.unheard.length === 0) return;
    if (message.unheard.length > 0) again.unheard += 1;
    else again.ended += 1;
  }

  function settling({ kind, id, receipt, visibilityMs, answer, by }: Settling, { clock }: Arrival): void {
    const message = sends.byId(id);
    if (message === null) return;
    const answers = answersOf(message, receipt);
    if (answer === null) {
      if (answers.has("done") && answers.size === 1) settle(message, kind, clock + visibilityMs);
      else if (answers.has("done") && kind === "ack") message.gone = "maybe";
      else if (answers.has("done")) message.until = Math.min(message.until, clock + visibilityMs);
      return;
    }
    if (!answers.has(answer)) {
      const told = `${kind} of ${receipt} by ${by}: ${answer}, not ${[...answers].join(" or ")}`;
      violated(answer === "unknown" ? "lost" : "fence", told);
    }
    if (answer === "done") settle(message, kind, clock + visibilityMs);
    else if (answer === "unknown") message.gone = "yes";
    else stale += 1;
  }

  function redrive({ count }: Redriving, { clock }: Arrival): void {
    const all = sends.messages();
    const sure = all.filter((message) => isDead(message, clock, maxAttempts));
    const perhaps = all.filter(
      (message) => !sure.includes(message) && !isSure(message) && mayBeDead(message, clock, maxAttempts),
    );
    if (count !== null && (count < sure.length || count > sure.length + perhaps.length)) {
      violated("dead", `${count} were redriven, ${sure.length} to ${sure.length + perhaps.length} were dead`);
    }
    for (const message of sure) Object.assign(message, { redriven: "yes", attempts: 0, until: 0 });
    for (const message of perhaps) message.redriven = "maybe";
  }

  function list({ items }: Listing, { clock }: Arrival): void {
    const listed = new Set(items?.map(({ id }) => id));
    for (const { id, attempts } of items ?? []) {
      seenDead.add(id);
      const message = sends.byId(id);
      const isWrong = message === null || attempts !== maxAttempts || !mayBeDead(message, clock, maxAttempts);
      if (isWrong) violated("dead", `${id} after ${attempts} attempts, and should not be`);
    }
    for (const message of sends.messages()) {
      if (items === null || !isDead(message, clock, maxAttempts) || listed.has(message.id ?? "")) continue;
      violated("dead", `message ${message.label} (${message.id}) had its last attempt, and is not`);
    }
  }

  for (const operation of arrived(operations)) {
    const { arrived: arrival } = operation;
    if (operation.kind === "send") sends.sent(operation, arrival);
    else if (operation.kind === "receive") receive(operation, arrival);
    else if (operation.kind === "redrive") redrive(operation, arrival);
    else if (operation.kind === "dead") list(operation, arrival);
    else settling(operation, arrival);
  }
  for (const { gone, isAcknowledged, label, id } of sends.messages()) {
    if (gone === "no" && isAcknowledged) violated("lost", `message ${label} (${id}), which was never acked`);
  }
  if (books.counted > 0) violated("left over", `${books.counted} messages`);
  if (books.left.length > 0) violated("left over", books.left.join(", "));
  return { violations, again, stale, deduplicated: sends.deduplicated, dead: seenDead.size };
}

type Arrived = Operation & { readonly arrived: Arrival };

const arrived = (operations: readonly Operation[]): Arrived[] =>
  operations
    .filter((operation): operation is Arrived => operation.arrived !== null)
    .toSorted((a, b) => a.arrived.at - b.arrived.at);
