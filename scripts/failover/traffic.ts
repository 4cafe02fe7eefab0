// Operations again and again, each in a row of its own, and a book of what each try was answered.

import { RedisUnavailableError } from "../../lib/errors.ts";
import type { Answer, Label, Operation } from "./types.ts";

export interface Try {
  readonly label: Label;
  readonly begun: number;
  readonly ended: number;
  readonly answer: NonNullable<Answer>;
  /** Redis is away, and says so. */
  readonly isAway: boolean;
  /** It was refused, and may have come to pass all the same. */
  readonly isUnknown: boolean;
  /** An error that nobody should see. */
  readonly isWrong: boolean;
}

export interface Book {
  readonly operation: Operation;
  readonly tries: Try[];
}

export interface Traffic {
  readonly books: readonly Book[];
  /** Resolves when every operation has been served once more, or was tried for 10 s. */
  stop(): Promise<void>;
}

export interface TrafficOptions {
  readonly operations: readonly Operation[];
  readonly now: () => number;
  /** Between an answer and the next try. */
  readonly pauseMs: number;
}

const LAST_MS = 10_000;

type Outcome = Pick<Try, "isAway" | "isUnknown" | "isWrong"> & { readonly answer: Answer };

export function startTraffic({ operations, now, pauseMs }: TrafficOptions): Traffic {
  const stopping = new AbortController();
  const books = operations.map((operation): Book => ({ operation, tries: [] }));

  async function drive({ operation, tries }: Book): Promise<void> {
    let label = 0;
    let until = Number.POSITIVE_INFINITY;
    stopping.signal.addEventListener("abort", () => (until = now() + LAST_MS));
    for (let isServed = false; !isServed || !stopping.signal.aborted;) {
      const begun = now();
      if (begun > until) return;
      const { answer, ...rest } = await outcomeOf(operation, label);
      isServed = answer === null || answer === "acknowledged";
      if (answer !== null) {
        tries.push({ label, begun, ended: now(), answer, ...rest });
        if (operation.repeats !== true || !rest.isAway) label += 1;
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  const driven = Promise.all(books.map(drive));
  return {
    books,
    async stop() {
      stopping.abort();
      await driven;
    },
  };
}

async function outcomeOf({ run }: Operation, label: Label): Promise<Outcome> {
  try {
    const answer = await run(label);
    // A limiter refuses without saying why; what it asked may have been taken.
    const isAway = answer === "unavailable";
    return { answer, isAway, isUnknown: isAway, isWrong: false };
  } catch (error) {
    if (error instanceof RedisUnavailableError)
      return {
        answer: error.reason,
        isAway: true,
        isUnknown: error.reason !== "breaker-open",
        isWrong: false,
      };
    return { answer: String(error), isAway: false, isUnknown: true, isWrong: true };
  }
}
