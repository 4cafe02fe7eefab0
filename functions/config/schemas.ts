// What a config looks like over HTTP.

import * as v from "valibot";
import { jsonObject } from "../http/json-object.ts";
import { isKeepable } from "../http/json-value.ts";
import { MAX_LEVELS } from "../http/nesting.ts";
import { name } from "../http/validation.ts";

export const configName = v.object({
  name: v.pipe(name, v.description("A config's name."), v.examples(["shop"])),
});

export const configChanges = v.pipe(
  jsonObject,
  v.check(
    (fields) => Object.values(fields).every(isKeepable),
    `has a field that is more than ${MAX_LEVELS} levels deep, or a number beyond what a double holds`,
  ),
  v.metadata({
    ref: "ConfigChanges",
    type: "object",
    additionalProperties: true,
    description:
      "Merged field by field: any JSON, which keeps its type; null removes the field. A field's name is 1 to 128 of the characters " +
      "A-Z a-z 0-9 . _ ~ : @ -. All fields together: at most 128, and 64 KiB, each at most 32 levels deep.",
    examples: [{ theme: "dark", "checkout.retries": 3, beta: true }, { banner: null }],
  }),
);

export const config = v.pipe(
  v.object({
    name: v.string(),
    version: v.pipe(v.number(), v.integer(), v.description("1 after the first PATCH, one more after each.")),
    values: v.pipe(v.record(v.string(), v.unknown()), v.description("In the order of their names.")),
  }),
  v.metadata({
    ref: "Config",
    examples: [{ name: "shop", version: 3, values: { beta: true, "checkout.retries": 3, theme: "dark" } }],
  }),
);
