// The Redis keys of rate limits. All of a group are in one slot: any of its limits may be checked together.

import { InvalidNameError } from "../errors.ts";
import { checkName, slot } from "../keys.ts";

const MAX_IDENTIFIER_LENGTH = 256;

/** An identifier as part of a key: different texts are different, and none has a character of Redis's globs. */
function encode(identifier: string): string {
  if (identifier.length < 1 || identifier.length > MAX_IDENTIFIER_LENGTH) {
    throw new InvalidNameError("identifier", `1 to ${MAX_IDENTIFIER_LENGTH} characters`);
  }
  return encodeURIComponent(identifier.toWellFormed()).replaceAll("*", "%2A");
}

/**
 * @returns the key of a limit: `sedge:ratelimit:{all}:login/ada%40example.com`. A name has no slash, so no two limits
 *   share a key.
 * @throws InvalidNameError
 */
export function createRateLimitKeys(prefix: string, group: string) {
  const base = `${checkName(prefix, "prefix")}:ratelimit:${slot(checkName(group, "group"))}`;
  return (name: string, identifier: string): string =>
    `${base}:${checkName(name, "policy")}/${encode(identifier)}`;
}
