// The Redis keys of tags, of follows and of posts.

import { checkName, slot } from "../keys.ts";

export interface TagKeys {
  /** An item's tags, in the order they were given: `sedge:sets:{tags}:item:desk`. */
  readonly item: (item: string) => string;
  /** A tag's items, in the order of their names: `sedge:sets:{tags}:tag:oak`. */
  readonly tag: (tag: string) => string;
}

/** All in one slot of a Redis Cluster: any tags may be asked for together, and an item may have any. */
export function createTagKeys(prefix: string): TagKeys {
  const root = `${checkName(prefix, "prefix")}:sets:${slot("tags")}`;
  return {
    item: (item) => `${root}:item:${checkName(item, "item")}`,
    tag: (tag) => `${root}:tag:${checkName(tag, "tag")}`,
  };
}

export interface FollowKeys {
  /** Whom a user follows: `sedge:sets:{follows}:following:ada`. */
  readonly following: (user: string) => string;
  /** Who follows a user: `sedge:sets:{follows}:followers:ada`. */
  readonly followers: (user: string) => string;
  /** A user's posts: `sedge:sets:{follows}:posts:ada`. */
  readonly posts: (user: string) => string;
  /** Who has posted, by their newest post: `sedge:sets:{follows}:authors`. */
  readonly authors: string;
}

/** All in one slot of a Redis Cluster: any two users may follow each other, and anybody's posts are read together. */
export function createFollowKeys(prefix: string): FollowKeys {
  const root = `${checkName(prefix, "prefix")}:sets:${slot("follows")}`;
  const of = (kind: string) => (user: string) => `${root}:${kind}:${checkName(user, "user")}`;
  return {
    following: of("following"),
    followers: of("followers"),
    posts: of("posts"),
    authors: `${root}:authors`,
  };
}
