// What a history looks like over HTTP.

import * as v from "valibot";
import { body, name } from "../http/validation.ts";

const ITEM_RULE = "must be 1 to 1024 characters";

export const subjectName = v.object({
  subject: v.pipe(name, v.description("Whose history, or of what."), v.examples(["ada"])),
});

export const newItem = v.pipe(
  body({
    item: v.pipe(
      v.string("must be a string"),
      // Half of a surrogate pair has no UTF-8: another text would come back.
      v.regex(/^[^\p{Cs}]{1,1024}$/u, ITEM_RULE),
      v.description("Any text."),
    ),
  }),
  v.metadata({ ref: "NewHistoryItem", examples: [{ item: "product:7" }] }),
);

export const historyItem = v.pipe(
  v.object({ subject: v.string(), item: v.string() }),
  v.metadata({ ref: "HistoryItem", examples: [{ subject: "ada", item: "product:7" }] }),
);

export const history = v.pipe(
  v.object({ items: v.pipe(v.array(v.string()), v.description("Newest first, each once, at most 100.")) }),
  v.metadata({ ref: "History", examples: [{ items: ["product:7", "product:3"] }] }),
);
