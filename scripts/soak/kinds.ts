// Every kind of key there is, as docs/keys.md has it, and how many of it a run may leave behind.

import type { Ledger } from "./ledger.ts";

export interface Kind {
  readonly name: string;
  /** Of what stands behind the deployment's prefix. */
  readonly pattern: RegExp;
  /** Its time to live at most; null for what lasts until it is deleted. */
  readonly lifeSeconds: number | null;
  /** How many there may be, by what was made and not deleted. */
  readonly most: (ledger: Ledger) => number;
}

const DAY = 86_400;

const kind = (
  name: string,
  pattern: RegExp,
  lifeSeconds: number | null,
  most: string | number | Kind["most"],
): Kind => ({
  name,
  pattern,
  lifeSeconds,
  most:
    typeof most === "function"
      ? most
      : typeof most === "number"
        ? () => most
        : (ledger) => ledger.count(most),
});

/** How many there are of the first, or of the second, words of a kind's names. */
const distinct =
  (of: string, word: 0 | 1): Kind["most"] =>
  (ledger) =>
    new Set(ledger.names(of).map((name) => name.split(" ")[word])).size;

/** Of each board, two keys for each period; two of a period where it has changed meanwhile. */
const PERIOD_KEYS = 2 * 3 * 2;
/** The tag of all products and those of the categories that the traffic is about. */
const TAGS = 6;

export const KINDS: readonly Kind[] = [
  // Fresh for 300 s, and kept for an hour more in case D1 does not answer.
  kind("cache: entries", /^cache:\{[^}]+\}$/, 4_300, "cached"),
  kind("cache: leases", /^cache:\{[^}]+\}:lease$/, 10, 0),
  kind("cache: marks", /^cache:\{[^}]+\}:mark$/, 60, "cached"),
  kind("cache: tags", /^cache:tag:\{[^}]+\}$/, 7 * DAY, TAGS),
  kind("cache: tags' marks", /^cache:tag:\{[^}]+\}:mark$/, 60, TAGS),
  kind("idempotent calls", /^idempotency:\{\w+\}$/, DAY, "idempotency"),
  kind("idempotent calls: leases", /^idempotency:\{\w+\}:lease$/, 30, 0),
  kind("scheduled: last run", /^scheduled:last-run$/, null, 1),
  kind("sessions", /^sessions:\{[^}]+\}:.+$/, 3_600, "session"),
  kind("sessions: by owner", /^sessions:\{[^}]+\}$/, 3_600, "session owner"),
  // The longest window is 60 s; a part of it, and permits in advance, may add to it.
  kind("limits", /^ratelimit:\{[^}]+\}:.+$/, 65, (ledger) => ledger.count("limit") + ledger.count("caller")),
  kind("counters", /^counter:\{[^}]+\}$/, null, "counter"),
  kind("counters: series", /^counter:\{[^}]+\}:series$/, 367 * DAY, "counter"),
  kind("counters: visitors", /^counter:\{[^}]+\}:visitors$/, null, "counter of visitors"),
  kind("counters: counted once", /^counter:\{[^}]+\}:used:.+$/, DAY, "counted once"),
  kind("leaderboards", /^leaderboard:\{[^}]+\}(:index)?$/, null, (ledger) => 2 * ledger.count("board")),
  kind(
    "leaderboards: periods",
    /^leaderboard:\{[^}]+\}:(day|week|month):[\d-]+(:index)?$/,
    400 * DAY,
    (ledger) => PERIOD_KEYS * ledger.count("board"),
  ),
  kind("tags: items", /^sets:\{tags\}:item:.+$/, null, distinct("tag", 0)),
  kind("tags", /^sets:\{tags\}:tag:.+$/, null, distinct("tag", 1)),
  kind("follows: following", /^sets:\{follows\}:following:.+$/, null, distinct("follow", 0)),
  kind("follows: followers", /^sets:\{follows\}:followers:.+$/, null, distinct("follow", 1)),
  kind("posts", /^sets:\{follows\}:posts:.+$/, null, "author"),
  kind("posts: authors", /^sets:\{follows\}:authors$/, null, 1),
  kind("queues: places", /^queue:\{[^}]+\}:places$/, null, 0),
  kind("queues: messages", /^queue:\{[^}]+\}:messages$/, null, "queue"),
  kind("queues: dedupIds", /^queue:\{[^}]+\}:dedup:[01]$/, 600, (ledger) => 2 * ledger.count("dedup")),
  kind("queues: sent once", /^queue:\{[^}]+\}:sent:.+$/, DAY, "sent once"),
  kind("histories", /^history:\{[^}]+\}$/, null, "history"),
  kind("configs", /^config:\{[^}]+\}$/, null, "config"),
  kind("one-time tokens", /^token:\{[^}]+\}$/, 20, "token"),
  // One family besides, that of the users' events.
  kind("log: families", /^\{pubsub\}:log:.+$/, null, (ledger) => ledger.count("family") + 1),
  kind("log: heads, trimmed, agenda", /^\{pubsub\}:(heads|trimmed|agenda)$/, null, 3),
  kind(
    "log: published once",
    /^\{pubsub\}:published:.+$/,
    DAY,
    (ledger) => ledger.count("published once") + ledger.count("sign-up"),
  ),
  kind("log: read tokens", /^read-token:\{[^}]+\}$/, 60, "read token"),
  kind("subscriptions", /^\{pubsub\}:(subscriptions|progress|leases)$/, null, 3),
  kind("subscriptions: to be tried again", /^\{pubsub\}:sub:[^:]+:(due|pending|lanes|dead)$/, null, 0),
  // Of the subscriber in code to sign-ups: the webhooks are deleted by then.
  kind("subscriptions: attempts", /^\{pubsub\}:sub:[^:]+:attempts$/, null, 1),
];
