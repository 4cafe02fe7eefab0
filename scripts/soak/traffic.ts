// Many visitors at once, at a rate that leaves the machine time to breathe.

import { setTimeout as delay } from "node:timers/promises";
import { createRandom } from "../../local/seed/random.ts";
import { type Api, Unexpected } from "./api.ts";
import type { Ledger } from "./ledger.ts";
import type { Mailbox } from "./mailbox.ts";
import { chooseStep, EVERY_STEP } from "./steps.ts";
import { signUp } from "./steps/accounts.ts";
import { prepareQueue } from "./steps/messages.ts";
import type { Visitor } from "./visitor.ts";

export interface TrafficOptions {
  readonly api: Api;
  readonly ledger: Ledger;
  readonly mailbox: Mailbox;
  readonly visitors: number;
  /** Steps a second, of all visitors together. */
  readonly rate: number;
  readonly seconds: number;
  readonly seed: number;
  /** Ends the traffic before its time. */
  readonly signal: AbortSignal;
  /** Told what is not as it must be. */
  readonly tell: (what: string) => void;
}

/** Runs until the time is over and everybody has done each step once. @returns how many steps there were */
export async function makeTraffic(options: TrafficOptions): Promise<number> {
  const { visitors: number, rate, seconds, seed, signal } = options;
  const run = `soak-${seed.toString(36)}`;
  const visitors = Array.from({ length: number }, (_, i) => createVisitor(options, `${run}-${i}`, seed + i));
  const ids = (): string[] => visitors.map(({ id }) => id);
  for (const visitor of visitors) {
    Object.assign(visitor, { others: () => ids().filter((id) => id !== visitor.id) });
    await signUp(visitor);
  }
  for (const visitor of visitors.slice(0, 1)) await prepareQueue(visitor);

  const begun = performance.now();
  const pause = (number / rate) * 1_000;
  let steps = 0;
  await Promise.all(
    visitors.map(async (visitor, place) => {
      const all = EVERY_STEP.values();
      let due = begun + (place / number) * pause;
      for (;;) {
        const first = all.next().value;
        const isTime = performance.now() - begun > seconds * 1_000;
        if (signal.aborted || (first === undefined && isTime)) return;
        await delay(Math.max(0, due - performance.now()));
        // Who is late does not catch up: the rate is the most there is.
        due = Math.max(due + pause, performance.now());
        steps += 1;
        await (first ?? chooseStep(visitor.random))(visitor).catch((error: unknown) => {
          if (!(error instanceof Unexpected)) throw error;
        });
      }
    }),
  );
  return steps;
}

function createVisitor({ api, ledger, mailbox, tell }: TrafficOptions, name: string, seed: number): Visitor {
  let numbers = 0;
  return {
    name,
    api,
    ledger,
    mailbox,
    email: `${name}@example.com`,
    id: "",
    others: () => [],
    random: createRandom(seed),
    expect: (what, isSo) => {
      if (!isSo) tell(`not so: ${what} (${name})`);
    },
    next: () => (numbers += 1),
    token: undefined,
  };
}
