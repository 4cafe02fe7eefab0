// If-Match: do this only where it still is what I have seen (RFC 9110, 13.1.1).

import { problem } from "./problems.ts";

/** A list of entity tags; empty members are passed over (RFC 9110, 5.6.1 and 8.8.3). */
const TAGS = /^[ \t,]*(?:(?:W\/)?"[!#-~\x80-\xff]*"[ \t]*(?:,[ \t,]*|$))*$/;

/**
 * What the header asks for.
 * @returns `*`: that there is something at all; or the tags of which one must be the present one, without quotes. Weak ones are
 *   left out: the comparison is strong, and they are equal to none
 * @throws ProblemError 400 for a header that is neither
 */
export function ifMatch(header: string): "*" | readonly string[] {
  const text = header.trim();
  if (text === "*") return text;
  if (!TAGS.test(text)) {
    throw problem("bad-request", {
      errors: [{ path: "If-Match", message: 'must be * or entity tags, such as "3"' }],
    });
  }
  return [...text.matchAll(/(W\/)?"([^"]*)"/g)].flatMap(([, weak, tag = ""]) =>
    weak === undefined ? [tag] : [],
  );
}
