// How values become text and come back as they were.

import { parse, stringify } from "devalue";

/**
 * A value as text. Keeps what JSON loses: undefined, Date, Map, Set, bigint, NaN, bytes, repeated and circular
 * references; a string stays that string, also where it looks like a number or like JSON.
 * @throws on what has no text: functions, symbols, instances of classes, an own property called `__proto__`
 */
export function encode(value: unknown): string {
  const text = stringify(value);
  // devalue writes an object's own `__proto__` and refuses to read it. What cannot be read is not to be written.
  if (text.includes('"__proto__"')) parse(text);
  return text;
}

/** The value of `encode`'s text. @throws on any other text */
export const decode = <T>(text: string): T => parse(text) as T;
