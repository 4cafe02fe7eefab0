// How names become keys. Whatever comes from outside is checked here before it is part of one.

import { InvalidNameError } from "./errors.ts";

/** A name: of a key, a tag, a counter, a queue, anything that becomes part of a Redis key. */
export const NAME = /^[A-Za-z0-9._~:@-]{1,128}$/;
const NAME_RULE = "1 to 128 of the characters A-Z a-z 0-9 . _ ~ : @ -";

/** A pattern: a name with Redis's glob characters besides. */
export const PATTERN = /^[A-Za-z0-9._~:@*?[\]^\\-]{1,128}$/;
const PATTERN_RULE = `${NAME_RULE} and of * ? [ ] ^ \\`;

/**
 * @param field what to call it in the error
 * @returns the name, unchanged
 * @throws InvalidNameError
 */
export function checkName(name: string, field: string): string {
  if (!NAME.test(name)) throw new InvalidNameError(field, NAME_RULE);
  return name;
}

/** As `checkName`, for a pattern. */
export function checkPattern(pattern: string, field: string): string {
  if (!PATTERN.test(pattern)) throw new InvalidNameError(field, PATTERN_RULE);
  return pattern;
}

/**
 * The part of a key that decides its slot on a Redis Cluster. Keys that one script touches have the same.
 * A name cannot contain braces, so the tag is always the whole name.
 */
export const slot = (name: string): string => `{${name}}`;
