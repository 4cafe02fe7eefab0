// Follows: who follows whom, from both sides.

import { FOLLOW, MUTUAL, UNFOLLOW } from "./follows-lua.ts";
import { createFollowKeys } from "./keys.ts";
import { checkPage, dateOf } from "./page.ts";
import type { Follow, Follows, FollowsOptions, PageOptions, UserPage } from "./types.ts";

/** A page out of a list of users and stamps that has one more than the page where it goes on. */
function pageOf(flat: readonly string[], limit: number): Omit<UserPage<Follow>, "total"> {
  const stamps = flat.filter((_, i) => i % 2 === 1).map(Number);
  const items = stamps.slice(0, limit).map((stamp, i) => ({ id: flat[2 * i] ?? "", since: dateOf(stamp) }));
  return { items, next: stamps.length > limit ? (stamps[limit - 1] ?? null) : null };
}

/**
 * Follows in Redis: for each user whom they follow and who follows them, both written in one step.
 *
 * Make one per request, from that request's `redis`: it is cheap. Whether there are such users is for the caller to know.
 *
 * @throws InvalidNameError for a prefix that is none
 */
export function createFollows({
  redis,
  prefix = "sedge",
  maxFollowing = 1_000,
  now = Date.now,
}: FollowsOptions): Follows {
  const keys = createFollowKeys(prefix);
  const both = (user: string, other: string) => [keys.following(user), keys.followers(other)];

  async function list(key: string, options: PageOptions = {}): Promise<UserPage<Follow>> {
    const { before, limit } = checkPage(options);
    const newest = before === "" ? "+inf" : (`(${before}` as const);
    const [flat, total] = await Promise.all([
      redis.send<string[]>((pipeline) =>
        pipeline.zrange(key, newest, "-inf", {
          byScore: true,
          rev: true,
          offset: 0,
          count: limit + 1,
          withScores: true,
        }),
      ),
      redis.send<number>((pipeline) => pipeline.zcard(key)),
    ]);
    return { ...pageOf(flat, limit), total };
  }

  return {
    async follow(user, other) {
      if (user === other) throw new RangeError("nobody follows themselves");
      const args = [user, other, now() * 1_000, maxFollowing];
      const follows = await redis.run<number>(FOLLOW, both(user, other), args);
      return follows === 1 ? "following" : "full";
    },

    async unfollow(user, other) {
      await redis.run(UNFOLLOW, both(user, other), [user, other]);
    },

    // Async, so that a name that is none rejects, as everywhere.
    following: async (user, page) => list(keys.following(user), page),
    followers: async (user, page) => list(keys.followers(user), page),

    async mutual(user, other, page = {}) {
      const { before, limit } = checkPage(page);
      const [total, ...flat] = await redis.run<[number, ...string[]]>(
        MUTUAL,
        [keys.following(user), keys.following(other)],
        [before, limit + 1],
      );
      const { items, next } = pageOf(flat, limit);
      return { items: items.map(({ id }) => id), total, next };
    },
  };
}
