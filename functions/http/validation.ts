// Input checked by valibot, refused as problem+json that never repeats it.

import { sValidator } from "@hono/standard-validator";
import type { ValidationTargets } from "hono";
import * as v from "valibot";
import type { FieldError } from "../../lib/hono/index.ts";
import { NAME, PATTERN } from "../../lib/keys.ts";
import { problem } from "./problems.ts";

/** What the hook is given of an issue; the standard has no more. */
interface Issue {
  readonly message: string;
  readonly path?: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }> | undefined;
}

/** What a validator checks. */
export interface Check {
  readonly target: keyof ValidationTargets;
  readonly schema: v.GenericSchema;
}

/**
 * A validator whose refusal is a 400 that says where and what is wrong. Placed behind what must be refused first.
 * @param target what to check: "json", "query", "param" or "header"
 */
export function valid<S extends v.GenericSchema, T extends keyof ValidationTargets>(target: T, schema: S) {
  const middleware = sValidator(target, schema, (result: Result) => {
    if (!result.success) throw problem("bad-request", { errors: result.error.map(fieldError) });
  });
  return Object.assign(middleware, { check: { target, schema } satisfies Check });
}
type Result = { readonly success: true } | { readonly success: false; readonly error: readonly Issue[] };

/** What a handler checks, for the API's description: nothing where `valid` has not made it. */
export const checksOf = (handler: unknown): Check[] =>
  typeof handler === "function" && "check" in handler ? [handler.check as Check] : [];

/** valibot's own messages quote the input, and all of them begin like this; ours never do. */
const QUOTES_INPUT = /^Invalid /;

/**
 * A key of a body is shown only where it looks like one of ours, or like a place in a list: it may be a value in the wrong
 * place. Tokens, and numbers of cards and telephones, have digits that no field's name has.
 */
const FIELD_NAME = /^([A-Za-z_]{1,32}|\d{1,4})$/;

function fieldError({ message, path = [] }: Issue): FieldError {
  const segments = path.map((part) => String(typeof part === "object" ? part.key : part));
  return {
    path: segments.map((segment) => (FIELD_NAME.test(segment) ? segment : "?")).join("."),
    message: QUOTES_INPUT.test(message) ? "is not valid" : message,
  };
}

/** A body of exactly these fields. */
export function body<E extends v.ObjectEntries>(entries: E) {
  const schema = v.strictObject(entries, ({ expected }) => {
    if (expected === "Object") return "must be an object";
    return expected === "never" ? "is not a field of this body" : "is missing";
  });
  // valibot takes a list for an object: an empty one would be a body in which no field is required.
  const run: (typeof schema)["~run"] = schema["~run"].bind(schema);
  return Object.assign(schema, {
    "~run": ((dataset, config) =>
      run(Array.isArray(dataset.value) ? { value: null } : dataset, config)) satisfies typeof run,
  });
}

/** As NAME, up to 100 of them. */
const NAME_LIST = /^[A-Za-z0-9._~:@-]{1,128}(,[A-Za-z0-9._~:@-]{1,128}){0,99}$/;

/** A name, as it may become part of a Redis key. */
export const name = v.pipe(
  v.string("must be a string"),
  v.regex(NAME, "must be 1 to 128 of the characters A-Z a-z 0-9 . _ ~ : @ -"),
);

/** 1 to 100 names in a query, separated by commas. Documented as the text it comes as. */
export const nameList = v.pipe(
  v.string("must be given once"),
  v.regex(NAME_LIST, "must be 1 to 100 names, separated by commas"),
  v.transform((text) => text.split(",")),
);

/** A pattern of names. */
export const pattern = v.pipe(
  v.string("must be a string"),
  v.regex(PATTERN, "must be 1 to 128 of the characters A-Z a-z 0-9 . _ ~ : @ - * ? [ ] ^ \\"),
);

/** `?limit=`. Documented as the number it becomes. */
export const limit = v.pipe(
  v.string("must be given once"),
  v.regex(/^[1-9]\d{0,2}$/, "must be a whole number from 1 to 100"),
  v.transform(Number),
  v.number(),
  v.integer(),
  v.minValue(1),
  v.maxValue(100, "must be a whole number from 1 to 100"),
);
