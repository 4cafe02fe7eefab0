// What a history takes and answers.

import type { Redis } from "../../redis/index.ts";

export interface HistoryOptions {
  redis: Redis;
  /** In front of every key. "sedge". */
  prefix?: string;
  /** Items kept of each subject: one more drops the oldest. 100. */
  max?: number;
}

export interface History {
  /**
   * Puts an item at the front. One that is there already moves there, so none is in it twice.
   *
   * @param subject whose history it is: a name
   * @param item any text; it is answered as it was given
   * @throws InvalidNameError; RangeError for half of a surrogate pair, which has no UTF-8; RedisUnavailableError: unless
   *   its reason is "breaker-open" it may have come to pass. A repeat does no harm, but that what came between stands
   *   behind it then
   *
   * Cost: 1 trip, 4 commands.
   */
  push(subject: string, item: string): Promise<void>;

  /**
   * The items, newest first; none of a subject nobody wrote.
   * @throws InvalidNameError, RedisUnavailableError. Cost: 1 trip, 1 command.
   */
  list(subject: string): Promise<string[]>;
}
