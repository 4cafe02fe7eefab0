// A subscription in the hands of a dispatcher.

import { definitionOf, definitionText, type Definition } from "../subscriptions/records.ts";
import type { Subscriber } from "../subscriptions/types.ts";
import type { Item, Work } from "./work.ts";

export interface Served {
  readonly id: string;
  readonly work: Work;
  readonly subscriber: Subscriber | null;
  /** What it is now, as text and as it is read. Null for one in code. */
  readonly text: string | null;
  readonly definition: Definition | null;
  /** Deliveries under way. */
  inFlight: number;
  /** Whether it is given back, or lost to another. Nothing may be written down for it then. */
  isOver: boolean;
  /** What is to take the place of its definition: it is to be disabled. */
  readonly disabled: readonly [from: string, to: string] | null;
  /** The next event to deliver, if any. */
  next(): Item | null;
  /** Whether there is nothing more to do. */
  readonly isDone: boolean;
  /** It gets nothing more, once this is written down. */
  disable(): void;
  /** Takes note of what it is now. One that is not active any more gets nothing more. */
  redefine(text: string): void;
}

export interface ServedOptions {
  readonly id: string;
  readonly work: Work;
  readonly subscriber: Subscriber | null;
  readonly text: string | null;
}

export function createServed({ id, work, subscriber, text: given }: ServedOptions): Served {
  let text = given;
  let definition = given === null ? null : definitionOf(given);
  let disabled: readonly [string, string] | null = null;
  const isStopped = (): boolean =>
    served.isOver || disabled !== null || (definition !== null && definition.status !== "active");

  const served: Served = {
    id,
    work,
    subscriber,
    inFlight: 0,
    isOver: false,
    get text() {
      return text;
    },
    get definition() {
      return definition;
    },
    get disabled() {
      return disabled;
    },
    next: () => (isStopped() ? null : work.next()),
    get isDone() {
      return served.inFlight === 0 && (isStopped() || work.isDone);
    },
    disable() {
      if (text === null || definition === null || disabled !== null) return;
      disabled = [text, definitionText({ ...definition, status: "disabled" })];
    },
    redefine(now) {
      if (now === text || text === null) return;
      text = now;
      definition = definitionOf(now);
    },
  };
  return served;
}
