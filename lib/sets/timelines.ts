// Timelines: the posts of those a user follows, merged when they are read.

import { createFollowKeys } from "./keys.ts";
import { checkPage, dateOf } from "./page.ts";
import { FIND_AUTHORS, POST, READ_POSTS } from "./timelines-lua.ts";
import type { Post, Timelines, TimelinesOptions } from "./types.ts";

const postOf = (id: string, userId: string, text: string): Post => ({
  id,
  userId,
  text,
  createdAt: dateOf(Number(id)),
});

/**
 * Timelines in Redis, by the follows of the same `prefix`.
 *
 * A post is written once, to its author's posts, and no timeline is stored. A timeline is what those hold whom its reader
 * follows when it is read: so following and unfollowing change all of it at once, nothing is owed to anybody when a Worker
 * is killed, and an author with a million followers costs what one with none does. It can be, since the newest post
 * of every author stands in one sorted set, which says who can be on a page before any post is read.
 *
 * Make one per request, from that request's `redis`: it is cheap.
 *
 * @throws InvalidNameError for a prefix that is none
 */
export function createTimelines({
  redis,
  prefix = "sedge",
  maxPosts = 1_000,
  now = Date.now,
}: TimelinesOptions): Timelines {
  const keys = createFollowKeys(prefix);

  return {
    async post(userId, text) {
      const args = [userId, text, now() * 1_000, maxPosts];
      return postOf(await redis.run<string>(POST, [keys.posts(userId), keys.authors], args), userId, text);
    },

    async read(userId, page = {}) {
      const { before, limit } = checkPage(page);
      const wanted = limit + 1;
      const [newest = "", oldest = "", ...authors] = await redis.run<string[]>(
        FIND_AUTHORS,
        [keys.following(userId), keys.authors],
        [userId, before, wanted],
      );
      if (authors.length === 0) return { items: [], next: null };

      const flat = await redis.run<(string | number)[]>(
        { ...READ_POSTS, commands: 1 + authors.length + (authors.length > wanted ? wanted : 0) },
        authors.map(keys.posts),
        [newest, oldest, wanted],
      );
      const posts: Post[] = [];
      for (let i = 0; i < flat.length; i += 3) {
        posts.push(postOf(String(flat[i + 1]), authors[Number(flat[i]) - 1] ?? "", String(flat[i + 2])));
      }
      const items = posts.slice(0, limit);
      return { items, next: posts.length > limit ? Number(items.at(-1)?.id) : null };
    },
  };
}
