// What posts look like over HTTP.

import * as v from "valibot";
import type { Post } from "../../lib/sets/index.ts";
import { nextPage, pageQuery } from "../http/page.ts";
import { body } from "../http/validation.ts";

const TEXT_RULE = "must be 1 to 2000 characters";

export const newPost = v.pipe(
  body({
    text: v.pipe(
      v.string("must be a string"),
      // Half of a surrogate pair has no UTF-8: another text would come back.
      v.regex(/^[^\p{Cs}]{1,2000}$/u, TEXT_RULE),
      v.description("Any text."),
    ),
  }),
  v.metadata({ ref: "NewPost", examples: [{ text: "The engine might compose music." }] }),
);

export const timelineQuery = v.object(pageQuery);

const EXAMPLE = {
  id: "1793611800000000",
  userId: "qT8sU0mZ3vKx1b_E",
  text: "The engine might compose music.",
  createdAt: "2026-11-02T09:30:00.000Z",
};

export const post = v.pipe(
  v.object({
    id: v.pipe(v.string(), v.description("Ids sort by time.")),
    userId: v.string(),
    text: v.string(),
    createdAt: v.pipe(v.string(), v.isoTimestamp()),
  }),
  v.metadata({ ref: "Post", examples: [EXAMPLE] }),
);

export const timeline = v.pipe(
  v.object({ items: v.array(post), next: nextPage }),
  v.metadata({ ref: "Timeline", examples: [{ items: [EXAMPLE], next: null }] }),
);

/** A post as its readers see it. */
export const presented = ({ id, userId, text, createdAt }: Post) => ({
  id,
  userId,
  text,
  createdAt: createdAt.toISOString(),
});
