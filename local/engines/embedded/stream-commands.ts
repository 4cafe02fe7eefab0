// What the library's stream commands get wrong.

import { InvalidStreamIdError, StreamIdNotGreaterThanZeroError } from "js-redis-server/core";
import type { CommandDefinition, CommandRegistry } from "js-redis-server/core";
import { withGroupErrors, withSummary, withoutNoGroup } from "./stream-group-commands.ts";
import { withRedelivery } from "./stream-redelivery.ts";

const NEW_ID = /^(\*|\d+(-(\d+|\*))?)$/;
const RANGE_ID = /^(-|\+|\(?\d+(-\d+)?)$/;

function isWord(token: Buffer | undefined, ...words: string[]): boolean {
  return token !== undefined && token.length <= 10 && words.includes(token.toString("latin1").toUpperCase());
}

/**
 * The same words as the library reads them: NOMKSTREAM before the trimming (Redis takes them in either order), and
 * the threshold straight behind MAXLEN or MINID (Redis allows a literal `=` between).
 */
export function normalizeOptions(input: readonly Buffer[]): { words: Buffer[]; id: Buffer | undefined } {
  const [key, ...rest] = input;
  if (!key) return { words: [], id: undefined };
  const first: Buffer[] = [];
  const trimming: Buffer[] = [];
  let at = 0;
  while (at < rest.length) {
    const word = rest[at];
    if (!word) break;
    if (isWord(word, "NOMKSTREAM")) {
      first.push(word);
      at++;
    } else if (isWord(word, "MAXLEN", "MINID")) {
      const skipped = isWord(rest[at + 1], "=") ? 1 : 0;
      const length = isWord(rest[at + 1], "~", "=") ? 3 : 2;
      trimming.push(word, ...rest.slice(at + 1 + skipped, at + length));
      at += length;
    } else if (isWord(word, "LIMIT")) {
      trimming.push(...rest.slice(at, at + 2));
      at += 2;
    } else {
      break;
    }
  }
  return { words: [key, ...first, ...trimming, ...rest.slice(at)], id: rest[at] };
}

/** Redis looks at an id before the key; the library only where there is a stream. */
function checkNewId(id: string): void {
  if (!NEW_ID.test(id)) throw new InvalidStreamIdError();
  if (/^0+(-0+)?$/.test(id)) throw new StreamIdNotGreaterThanZeroError();
}

function withOptions(definition: CommandDefinition): CommandDefinition {
  return {
    ...definition,
    schema: {
      parse(input, index, context) {
        const { words, id } = normalizeOptions(input);
        const parsed = definition.schema.parse(words, index, context);
        if (definition.name === "xadd" && id) checkNewId(id.toString("latin1"));
        return { value: parsed.value, nextIndex: parsed.nextIndex + input.length - words.length };
      },
    },
  };
}

function withCheckedRange(definition: CommandDefinition): CommandDefinition {
  return {
    ...definition,
    schema: {
      parse(input, index, context) {
        const [, start, end] = input;
        const parsed = definition.schema.parse(input, index, context);
        for (const id of [start, end])
          if (id && !RANGE_ID.test(id.toString("latin1"))) throw new InvalidStreamIdError();
        return parsed;
      },
    },
  };
}

/** Puts the mended definitions in place of the library's. */
export function mendStreamCommands(registry: CommandRegistry): void {
  const mend = (name: string, change: (definition: CommandDefinition) => CommandDefinition): void => {
    const definition = registry.get(name);
    if (definition) registry.override(change(definition));
  };
  mend("xadd", withOptions);
  mend("xtrim", withOptions);
  mend("xrange", withCheckedRange);
  mend("xrevrange", withCheckedRange);
  mend("xgroup", withGroupErrors);
  mend("xinfo", withGroupErrors);
  mend("xreadgroup", withRedelivery);
  mend("xack", withoutNoGroup);
  mend("xpending", withSummary);
}
