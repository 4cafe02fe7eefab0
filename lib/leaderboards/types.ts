// What leaderboards take and answer.

import type { Redis } from "../redis/index.ts";

export type Period = "day" | "week" | "month";

/** What becomes of a member's score: the better one stays, the newest stands, or it is added. */
export type UpdateMode = "best" | "latest" | "sum";

export interface LeaderboardsOptions {
  redis: Redis;
  /** In front of every key. "sedge". */
  prefix?: string;
  /** Which score is the better one; "ascending" for times and distances. Fixed for a board's life. "descending". */
  order?: "descending" | "ascending";
  /**
   * Who stands first among equals, whose rank is the same: "name" by their names, "earlier" who had the score first.
   * "name".
   */
  ties?: "name" | "earlier";
  /**
   * The periods every update writes beside the whole board, and for how many more periods each is kept after its end.
   * `{ day: 30, week: 12, month: 12 }`; `{}` keeps none.
   */
  periods?: Partial<Record<Period, number>>;
  /**
   * How many members a board keeps, each period's too. Above it the worst fall off, and are forgotten: a later update
   * finds them new, so that a "sum" begins again at 0 and nobody has a rank beyond this. 1,000,000.
   */
  maxMembers?: number;
  /** Milliseconds since 1970: which periods an update belongs to. `Date.now`. */
  now?: () => number;
}

export interface ScoreUpdate {
  member: string;
  /** From −(2^53−1) to 2^53−1; fractions as doubles have them. */
  score: number;
  /** What is kept beside the member, in place of what was: anything the codec takes. Not given, it stays. */
  data?: unknown;
}

export interface Updated {
  readonly member: string;
  /** The member's score now. */
  readonly score: number;
  /** From 1, on the whole board; null where the member has fallen off a board that is full. */
  readonly rank: number | null;
  /** Whether this update changed the score (or brought the member onto the board). */
  readonly changed: boolean;
}

/** A sum left ±(2^53−1), on the board or one of its periods: `member`'s. Nothing at all has changed. */
export interface OutOfRange {
  readonly kind: "out-of-range";
  readonly member: string;
}

/** Which of a board's boards to read: the whole one, or a period's. */
export interface Scope {
  /** None: the whole board. */
  period?: Period;
  /** A moment (or its milliseconds since 1970) in the period to read. Now. */
  at?: Date | number;
}

export interface Place {
  /** From 1; equals share it (1, 2, 2, 4: standard competition ranking). */
  readonly rank: number;
  readonly member: string;
  readonly score: number;
  /** Where some was given. */
  readonly data?: unknown;
}

export interface Page {
  /** How many members the board has. */
  readonly total: number;
  readonly items: readonly Place[];
}

export interface Standing extends Place {
  /** The share of members with a score not above this one's: 0 to 100. */
  readonly percentile: number;
}

export interface Leaderboards {
  /**
   * Brings a score onto a board, and onto its running day, week and month (in UTC, weeks from Monday), as one step.
   * @param update.mode what becomes of an earlier score. "best"
   * @throws RangeError for a score that is none, InvalidNameError; RedisUnavailableError: unless its reason is
   *   "breaker-open" it may have happened, which matters for "sum" alone
   *
   * Cost: 1 trip, 47 commands: 1, and for each of the 4 boards 4 to 6, 2 more when its period begins, 4 more when it is
   * full; with ties "earlier" 1 more for each, 51. Usually 17.
   */
  update(
    board: string,
    update: ScoreUpdate & { mode?: UpdateMode },
  ): Promise<({ readonly kind: "updated" } & Updated) | OutOfRange>;

  /**
   * As `update`, for up to 1,000 at once, one after the other: a member may come twice. All or nothing. Ranks and scores
   * are those after the last.
   * @throws as `update`
   *
   * Cost: 1 trip, commands as `update`; from about 80 members on up to 21 more for each board, since a command takes 7,000
   * fields: 131 for 1,000 members, usually 30. Redis is busy for some 0.06 ms a member and board, and serves nobody else.
   */
  updateMany(
    board: string,
    updates: readonly ScoreUpdate[],
    options?: { mode?: UpdateMode },
  ): Promise<{ readonly kind: "updated"; readonly items: readonly Updated[] } | OutOfRange>;

  /**
   * A stretch of the board, the best first.
   * @param options.offset how many to pass over. 0
   * @param options.limit how many at most, 1 to 1,000. 10
   * Cost: 1 trip, 3 commands, at any size.
   */
  page(board: string, options?: Scope & { offset?: number; limit?: number }): Promise<Page>;

  /**
   * The stretch around a member: half before, half behind; moved inward at the ends of the board.
   * @param options.limit how many at most, 1 to 1,000. 11
   * @returns null where the member is not on the board
   * Cost: 1 trip, 4 commands; with ties "earlier" 5.
   */
  around(board: string, member: string, options?: Scope & { limit?: number }): Promise<Page | null>;

  /** A member's place on the board, or null. Cost: 1 trip, 3 commands. */
  standing(
    board: string,
    member: string,
    scope?: Scope,
  ): Promise<(Standing & { readonly total: number }) | null>;

  /**
   * Some members alone, the best first, with their ranks on the whole board; who is not on it is left out.
   * @param members 1,000 at most
   * Cost: 1 trip, 3 commands; from 500 members on 4, from 1,000 on 5.
   */
  standings(
    board: string,
    members: readonly string[],
    scope?: Scope,
  ): Promise<{ readonly total: number; readonly items: readonly Standing[] }>;

  /**
   * Several boards as one, where a member's best score on any of them counts. Each board is read as it is at one moment,
   * not all of them at the same.
   * @param boards up to 10
   * @param options.offset and limit together at most 1,000
   * Cost: 1 trip, 3 commands a board.
   */
  merged(
    boards: readonly string[],
    options?: Scope & { offset?: number; limit?: number },
  ): Promise<readonly (Place & { readonly board: string })[]>;

  /**
   * Takes a member off the board and off all its periods that are still kept.
   * @returns whether it was on one of them
   * Cost: 1 trip; 1 command, 1 for each board that is kept (61 by default), and 5 for each the member is on: 367.
   */
  remove(board: string, member: string): Promise<boolean>;

  /** Deletes a board with all its periods. Cost: 1 trip, 1 command. */
  delete(board: string): Promise<void>;
}
