import { FOLLOW, MUTUAL, UNFOLLOW } from "./follows-lua.ts";
import { FIND_ITEMS, REPLACE_TAGS } from "./tags-lua.ts";
import { FIND_AUTHORS, POST, READ_POSTS } from "./timelines-lua.ts";

export { createFollows } from "./follows.ts";
export { createTags } from "./tags.ts";
export { createTimelines } from "./timelines.ts";
export type * from "./types.ts";

export const SET_SCRIPTS = [
  REPLACE_TAGS,
  FIND_ITEMS,
  FOLLOW,
  UNFOLLOW,
  MUTUAL,
  POST,
  FIND_AUTHORS,
  READ_POSTS,
] as const;
