// What each operation of tags, follows and timelines costs at most, as their documentation states it.

import {
  createFollows,
  createTags,
  createTimelines,
  type Follows,
  type Tags,
  type Timelines,
} from "../../lib/sets/index.ts";
import type { CostContext, CostRow } from "../support/costs.ts";

export interface Sets {
  tags: Tags;
  follows: Follows;
  timelines: Timelines;
}

export const openSets = ({ redis, prefix, now }: CostContext<unknown>): Sets => ({
  tags: createTags({ redis, prefix }),
  follows: createFollows({ redis, prefix, now }),
  timelines: createTimelines({ redis, prefix, now }),
});

const named = (count: number, of: string) => Array.from({ length: count }, (_, i) => `${of}${i}`);

/** `reader` follows so many users, each of whom posts once. */
async function following({ follows, timelines }: Sets, count: number): Promise<void> {
  await Promise.all(
    named(count, "u").flatMap((user) => [follows.follow("reader", user), timelines.post(user, "a")]),
  );
}

export const SETS: readonly CostRow<Sets, number | null>[] = [
  {
    operation: "tags: `replace`, 5 new tags",
    trips: 1,
    commands: 9,
    run: ({ tags }) => tags.replace("item", named(5, "t")),
  },
  {
    operation: "tags: `replace`, 5 tags by 5 others",
    trips: 2,
    commands: 23,
    before: async ({ tags }) => {
      await tags.replace("item", named(5, "t"));
      return null;
    },
    run: ({ tags }) => tags.replace("item", named(5, "other")),
  },
  { operation: "tags: `get`", trips: 1, commands: 1, run: ({ tags }) => tags.get("item") },
  {
    operation: "tags: `items`, all of 2, any of 2, none of 1",
    trips: 1,
    commands: 12,
    before: async ({ tags }) => {
      for (const item of named(30, "i")) await tags.replace(item, ["a", "b", "c", "d"]);
      return null;
    },
    run: ({ tags }) => tags.items({ all: ["a", "b"], any: ["c", "d"], none: ["e"] }),
  },
  {
    operation: "follows: `follow`",
    trips: 1,
    commands: 7,
    run: ({ follows }) => follows.follow("ada", "bob"),
  },
  {
    operation: "follows: `unfollow`",
    trips: 1,
    commands: 3,
    run: ({ follows }) => follows.unfollow("ada", "bob"),
  },
  {
    operation: "follows: `following`, `followers`",
    trips: 1,
    commands: 2,
    run: ({ follows }) => follows.followers("ada"),
  },
  {
    operation: "follows: `mutual`",
    trips: 1,
    commands: 2,
    run: ({ follows }) => follows.mutual("ada", "bob"),
  },
  {
    operation: "timelines: `post`, however many follow",
    trips: 1,
    commands: 4,
    run: ({ timelines }) => timelines.post("ada", "a"),
  },
  {
    operation: "timelines: `read`, 20 posts of 3 authors",
    trips: 2,
    commands: 25,
    before: async (sets) => {
      for (let i = 0; i < 8; i += 1) await following(sets, 3);
      return null;
    },
    run: ({ timelines }) => timelines.read("reader"),
  },
  {
    operation: "timelines: `read`, 20 posts of 20 authors, of 60 that are followed",
    trips: 2,
    commands: 25,
    before: async (sets) => {
      await following(sets, 60);
      return null;
    },
    run: ({ timelines }) => timelines.read("reader"),
  },
  {
    operation: "timelines: `read`, the third page of the same",
    trips: 2,
    commands: 86,
    before: async (sets) => {
      await following(sets, 60);
      const first = await sets.timelines.read("reader");
      return (await sets.timelines.read("reader", { before: first.next ?? 0 })).next;
    },
    run: ({ timelines }, before) => timelines.read("reader", { before: before ?? 0 }),
  },
];
