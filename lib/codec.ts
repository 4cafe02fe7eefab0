// How values become text and come back as they were.

import { parse, stringify } from "devalue";

/**
 * A value as text. Keeps what JSON loses: undefined, Date, Map, Set, bigint, NaN, bytes, repeated and circular
 * references; a string stays that string, also where it looks like a number or like JSON.
 * @throws on what has no text: functions, symbols, instances of classes
 */
export const encode = (value: unknown): string => stringify(value);

/** The value of `encode`'s text. @throws on any other text */
export const decode = <T>(text: string): T => parse(text) as T;
