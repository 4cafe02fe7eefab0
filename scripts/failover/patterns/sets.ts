// Sets: an item gets its tags, a user follows another.

import { createFollows, createTags } from "../../../lib/sets/index.ts";
import { countEach, TRIP_MS, type Label, type Pattern, type Stage } from "../types.ts";

const itemOf = (label: Label): string => `item-${label}`;
const tagsOf = (label: Label): string[] => ["all", `tenth-${label % 10}`];
const userOf = (label: Label): string => `user-${label}`;
const followedBy = (label: Label): string => `star-${label % 3}`;

export function setsPattern({ isolate, patient, prefix }: Stage): Pattern {
  const [tags, follows] = [isolate(), isolate()];

  return {
    operations: [
      {
        name: "sets: tag",
        boundMs: 2 * TRIP_MS,
        run: async (label) => {
          await createTags({ redis: tags.open(), prefix }).replace(itemOf(label), tagsOf(label));
          return "acknowledged";
        },
      },
      {
        name: "sets: follow",
        boundMs: TRIP_MS,
        run: async (label) => {
          await createFollows({ redis: follows.open(), prefix }).follow(userOf(label), followedBy(label));
          return "acknowledged";
        },
      },
    ],
    effects: [
      {
        name: "sets: tagged",
        of: "sets: tag",
        counts: (labels) => {
          const calm = createTags({ redis: patient, prefix });
          return countEach(labels, async (label) =>
            (await calm.get(itemOf(label))).join() === tagsOf(label).join() ? 1 : 0,
          );
        },
      },
      {
        name: "sets: followed",
        of: "sets: follow",
        counts: (labels) => {
          const calm = createFollows({ redis: patient, prefix });
          return countEach(labels, async (label) => (await calm.following(userOf(label))).total);
        },
      },
    ],
  };
}
