// The options of sessions with every default filled in, and what is derived from them once.

import { checkName } from "../keys.ts";
import type { Redis } from "../redis/index.ts";
import { createSessionKeys, type SessionKeys } from "./keys.ts";
import type { SessionEvent, SessionsOptions } from "./types.ts";

export interface SessionSettings {
  readonly redis: Redis;
  readonly keys: SessionKeys;
  readonly idleMs: number;
  readonly absoluteMs: number;
  readonly renewEveryMs: number;
  readonly maxFields: number;
  readonly maxBytes: number;
  readonly now: () => number;
  /** Runs on behind the answer. `work` never rejects. */
  readonly behind: (work: Promise<void>) => void;
  readonly on: (event: SessionEvent) => void;
}

/** @throws InvalidNameError, RangeError for options that are none */
export function settingsOf(options: SessionsOptions): SessionSettings {
  const { prefix = "sedge", idleSeconds = 3_600, absoluteSeconds = 2_592_000, waitUntil } = options;
  const { renewEverySeconds = 10, maxFields = 128, maxBytes = 32_768 } = options;

  for (const [field, value] of Object.entries({ idleSeconds, absoluteSeconds, maxFields, maxBytes })) {
    if (!Number.isFinite(value) || value <= 0) throw new RangeError(`${field} must be more than 0`);
  }
  // Where uses are written down less often than sessions end, one in use would end.
  if (!(renewEverySeconds >= 0 && renewEverySeconds < idleSeconds)) {
    throw new RangeError("renewEverySeconds must be 0 or more, and less than idleSeconds");
  }

  // A script hands them all to one command, and Lua's stack ends at some thousands.
  if (maxFields > 1_000) throw new RangeError("maxFields must be 1,000 at most");

  return {
    redis: options.redis,
    keys: createSessionKeys(checkName(prefix, "prefix")),
    idleMs: Math.ceil(idleSeconds * 1_000),
    absoluteMs: Math.ceil(absoluteSeconds * 1_000),
    renewEveryMs: renewEverySeconds * 1_000,
    maxFields,
    maxBytes,
    now: options.now ?? Date.now,
    behind: (work) => (waitUntil === undefined ? void work : waitUntil(work)),
    on: options.on ?? (() => undefined),
  };
}
