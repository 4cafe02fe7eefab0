// What tags look like over HTTP.

import * as v from "valibot";
import { boundedList } from "../http/bounded-list.ts";
import { body, limit, name, nameList } from "../http/validation.ts";

const MOST_TAGS = 100;
const MOST_ASKED = 20;

export const itemName = v.object({
  item: v.pipe(name, v.description("An item's name."), v.examples(["desk"])),
});

export const newTags = v.pipe(
  body({
    tags: v.pipe(
      boundedList(name, MOST_TAGS, 0),
      v.description("The item's tags from now on, each counted once. None takes the item out."),
    ),
  }),
  v.metadata({ ref: "NewTags", examples: [{ tags: ["oak", "sale"] }, { tags: [] }] }),
);

export const itemTags = v.pipe(
  v.object({
    item: v.string(),
    tags: v.pipe(v.array(v.string()), v.description("In the order they were given.")),
  }),
  v.metadata({ ref: "ItemTags", examples: [{ item: "desk", tags: ["oak", "sale"] }] }),
);

const tagsOf = (description: string) =>
  v.exactOptional(v.pipe(nameList, v.description(`${description}, separated by commas.`)));

/** How many tags a query names. */
const asked = (...lists: readonly (readonly string[] | undefined)[]): number =>
  new Set(lists.flatMap((tags, i) => (tags ?? []).map((tag) => `${i} ${tag}`))).size;

export const itemQuery = v.pipe(
  v.object({
    all: tagsOf("Items that have all of these tags"),
    any: tagsOf("Items that have at least one of these tags"),
    none: tagsOf("Items that have none of these tags"),
    limit: v.exactOptional(v.pipe(limit, v.description("At most so many; 20 where it is not given."))),
    cursor: v.exactOptional(v.pipe(name, v.description("The `next` of the page before."))),
  }),
  v.forward(
    v.check(({ all, any }) => all !== undefined || any !== undefined, "is needed where any is not given"),
    ["all"],
  ),
  v.forward(
    v.check(
      ({ all, any, none }) => asked(all, any, none) <= MOST_ASKED,
      `together with any and none at most ${MOST_ASKED} tags`,
    ),
    ["all"],
  ),
);

export const itemPage = v.pipe(
  v.object({
    items: v.pipe(v.array(v.string()), v.description("In the order of their names' bytes.")),
    next: v.pipe(
      v.nullable(v.string()),
      v.description(
        "The `cursor` of the next page; null at the end. A page may be short, or empty, and have one.",
      ),
    ),
  }),
  v.metadata({ ref: "ItemPage", examples: [{ items: ["chair", "desk"], next: null }] }),
);
