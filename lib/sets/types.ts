// What tags, follows and timelines take and answer.

import type { Redis } from "../redis/index.ts";

export interface SetsOptions {
  redis: Redis;
  /** In front of every key. "sedge". */
  prefix?: string;
}

/** Which items are asked for. At least one tag of `all` or `any`, and 20 in all at most. */
export interface TagQuery {
  /** Tags an item must have, every one of them. None. */
  all?: readonly string[];
  /** Tags of which it must have one. None. */
  any?: readonly string[];
  /** Tags of which it must have none. None. */
  none?: readonly string[];
}

export interface ItemPage {
  /** In the order of their names' bytes. */
  readonly items: readonly string[];
  /** What `after` takes for the next page; null at the end. */
  readonly next: string | null;
}

/** All of these reject with RedisUnavailableError where Redis is away, and with InvalidNameError for a name that is none. */
export interface Tags {
  /**
   * Gives an item these tags and no others, in the item and in every tag as one step. Where another replaces them at the
   * same time, the item has the tags of one of both, whole.
   *
   * @param tags 100 at most, in any order, which is kept; none takes the item out
   * @throws RangeError for more
   *
   * Cost: 1 trip, 4 commands and 1 for each tag; where the item loses one 2 trips, 8 commands, 2 for each tag given and 1
   * for each lost.
   */
  replace(item: string, tags: readonly string[]): Promise<void>;

  /** An item's tags in the order they were given, none where nobody gave it any. Cost: 1 trip, 1 command. */
  get(item: string): Promise<string[]>;

  /**
   * The items that have all, any and none of some tags in this moment, a page of them. A page looks at 1,000 items at most,
   * of the rarest tag that all must have, so it may be short, or empty, and yet have a `next`. Who was on no page was
   * not there, or came or went meanwhile; nobody is on two.
   *
   * @param options.after the `next` of the page before. None
   * @param options.limit 1 to 100. 20
   * @throws RangeError for a query without `all` and `any`, or of more than 20 tags
   *
   * Cost: 1 trip; 1 command, 2 for each tag of `all`, 3 for each of `any`, 1 for each of `none`, at any size.
   */
  items(query: TagQuery, options?: { after?: string; limit?: number }): Promise<ItemPage>;
}

/** Which page of a list that is newest first. */
export interface PageOptions {
  /** The `next` of the page before. The first page. */
  before?: number;
  /** 1 to 100. 20. */
  limit?: number;
}

export interface FollowsOptions extends SetsOptions {
  /** How many a user may follow, for each may be asked for the posts of a timeline. 1,000. */
  maxFollowing?: number;
  /** Milliseconds since 1970. `Date.now`. */
  now?: () => number;
}

export interface Follow {
  /** The other user. */
  readonly id: string;
  readonly since: Date;
}

export interface UserPage<T> {
  readonly items: readonly T[];
  /** How many there are on all pages. */
  readonly total: number;
  /** What `before` takes for the next page; null at the end. */
  readonly next: number | null;
}

/** All of these reject as those of Tags do. Pages go on where they ended, whoever comes or goes: nobody is on two. */
export interface Follows {
  /**
   * `user` follows `other`: in both lists, or in none. Again, it stays as it is.
   *
   * @returns "full" where the user follows `maxFollowing` others
   * @throws RangeError where both are the same
   *
   * Cost: 1 trip, 7 commands; again 2.
   */
  follow(user: string, other: string): Promise<"following" | "full">;

  /** `user` follows `other` no more, if they did. Cost: 1 trip, 3 commands. */
  unfollow(user: string, other: string): Promise<void>;

  /** Whom a user follows, the last one first. @throws RangeError. Cost: 1 trip, 2 commands. */
  following(user: string, page?: PageOptions): Promise<UserPage<Follow>>;

  /** Who follows a user, the last one first. @throws RangeError. Cost: 1 trip, 2 commands. */
  followers(user: string, page?: PageOptions): Promise<UserPage<Follow>>;

  /** Whom both follow, the last one that `user` followed first. @throws RangeError. Cost: 1 trip, 2 commands. */
  mutual(user: string, other: string, page?: PageOptions): Promise<UserPage<string>>;
}

export interface TimelinesOptions extends SetsOptions {
  /** How many posts of a user are kept: the newest. 1,000. */
  maxPosts?: number;
  /** Milliseconds since 1970. `Date.now`. */
  now?: () => number;
}

export interface Post {
  /** Of no other post. 16 digits, greater than those of all posts before. */
  readonly id: string;
  readonly userId: string;
  readonly text: string;
  readonly createdAt: Date;
}

export interface PostPage {
  readonly items: readonly Post[];
  /** What `before` takes for the next page; null at the end. */
  readonly next: number | null;
}

/** All of these reject as those of Tags do. */
export interface Timelines {
  /**
   * Publishes a post: all who follow the user have it in their timelines from then on, and who follows them later, too.
   *
   * @param text any text
   * Cost: 1 trip, 4 commands, however many follow the user.
   */
  post(userId: string, text: string): Promise<Post>;

  /**
   * A page of the posts of a user and of all they follow in this moment, the newest first. Pages neither repeat a post nor
   * leave one out, whatever is posted meanwhile.
   *
   * @throws RangeError
   *
   * Cost: 2 trips, 5 commands and 1 for each post of the page, however many the user follows. On later pages, whoever posted
   * since may be on it, too: 6 commands, 2 for each post and 1 for each such author, of whom there are never more than
   * there are posts before the page, nor than `maxFollowing` and the user.
   */
  read(userId: string, page?: PageOptions): Promise<PostPage>;
}
