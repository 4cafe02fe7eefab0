// Which rows of docs/benchmarks.md the README shows.

export interface ComparedRow {
  /** In the README's words. */
  readonly what: string;
  /** The table's title there. */
  readonly table: string;
  readonly columns: readonly string[];
  /** Rows whose name holds one of these are left out: the same contestant at another setting. */
  readonly without?: readonly string[];
}

const COSTS = ["trips", "commands"];

export const ROWS: readonly ComparedRow[] = [
  {
    what: "cache: a hit under 3 tags",
    table: "A hit under 3 tags",
    columns: COSTS,
    without: ["never invalidated"],
  },
  { what: "cache: a miss", table: "A miss whose loader answers at once", columns: COSTS },
  {
    what: "cache: 50 isolates on one cold key",
    table: "50 isolates on one cold key",
    columns: ["loads", "commands"],
  },
  {
    what: "cache: invalidations lost, of 50, because a load was under way",
    table: "Invalidations lost because a load was under way",
    columns: ["by key, in another isolate", "by tag, in another isolate"],
  },
  { what: "sessions: a read", table: "A session read", columns: COSTS },
  {
    what: "sessions: requests that cross, of 20",
    table: "When two requests of one session cross",
    columns: ["revived: logout during a renewal", "lost: two change different fields"],
  },
  {
    what: "limits: three at once",
    table: "Three limits at once (address, user, key), fixed windows",
    columns: COSTS,
  },
  {
    what: "limits: how exact",
    table: "How exact",
    columns: [
      "passed: 10 isolates, 300 calls, limit 100",
      "lost of 24: another limit refused",
      "most within a window: burst over a border, limit 10",
    ],
  },
  {
    what: "queues: messages lost, of 20",
    table: "Messages lost, of 20",
    columns: [
      "acknowledged by a receipt that was over",
      "the consumer died",
      "delayed, and the sender's process ended",
    ],
  },
  {
    what: "a whole request",
    table: "Everything from Redis: a GET that is limited, has a session and reads an entry under 3 tags",
    columns: ["trips", "commands", "median at 5 ms"],
  },
];
