// One subscription, kept standing as well as Redis lets it.

import type { Subscription } from "../../redis/index.ts";

export interface ListenerOptions {
  subscribe: () => Promise<Subscription>;
  /** Is called when something has changed: a message is there, the subscription stands, or is over. */
  ring: () => void;
  onFailed: (error: unknown) => void;
  now: () => number;
  /** Subscriptions begin this far apart, at the least. */
  apartMs: number;
}

export interface Listener {
  /** Whether messages come. */
  readonly stands: boolean;
  /** When the next subscription may begin; Infinity while there is one. */
  readonly tryAt: number;
  /** How many were begun. */
  readonly tries: number;
  /** Begins a subscription where there is none and it is time. */
  tend(): void;
  /** Whether it has come to stand, or ended, since this was asked last: what was published meanwhile came by no message. */
  turned(): boolean;
  /** The message that has come, once. The one after it is read only then. */
  take(): string | undefined;
}

export function createListener({ subscribe, ring, onFailed, now, apartMs }: ListenerOptions): Listener {
  let subscription: Subscription | undefined;
  let isBeginning = false;
  let nextTry = now();
  let tries = 0;
  let hasTurned = false;
  let message: string | undefined;

  function turn(to: Subscription | undefined): void {
    subscription = to;
    hasTurned = true;
    ring();
  }

  async function read(from: Subscription): Promise<void> {
    message = await from.next();
    if (message === undefined) turn(undefined);
    else ring();
  }

  async function begin(): Promise<void> {
    isBeginning = true;
    nextTry = now() + apartMs;
    tries += 1;
    try {
      turn(await subscribe());
    } catch (error) {
      onFailed(error);
      ring();
    } finally {
      isBeginning = false;
    }
    if (subscription !== undefined) await read(subscription);
  }

  return {
    get stands() {
      return subscription !== undefined;
    },
    get tryAt() {
      return subscription === undefined && !isBeginning ? nextTry : Infinity;
    },
    get tries() {
      return tries;
    },
    tend() {
      if (subscription === undefined && !isBeginning && now() >= nextTry) void begin();
    },
    turned() {
      const turned = hasTurned;
      hasTurned = false;
      return turned;
    },
    take() {
      const taken = message;
      message = undefined;
      if (taken !== undefined && subscription !== undefined) void read(subscription);
      return taken;
    },
  };
}
