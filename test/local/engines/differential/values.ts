// Keys and values that sequences are made of.

import type { Random } from "./random.ts";
import type { Word } from "./steps.ts";

/** Every key of a sequence: one hash tag, so that a Cluster keeps them together. */
export function keyOf(family: string, name: Word): string {
  return `{sedge-differential:${family}}:${String(name)}`;
}

const ALL_BYTES = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

/** Values that are easily mistaken: for numbers, for nothing, for text, for the protocol. */
export const ODD_VALUES: readonly Word[] = [
  "",
  " ",
  "0",
  "-0",
  "007",
  "1e5",
  "3.0",
  "9007199254740993",
  "-9223372036854775808",
  "nan",
  "inf",
  "null",
  "true",
  "OK",
  "QUEUED",
  '{"a":[1]}',
  "line\r\nbreak",
  "+OK\r\n",
  "$5\r\nhello\r\n",
  "zürich 東京 🦊",
  "\u0000",
  ALL_BYTES,
  Buffer.from([0xff, 0xfe, 0x00, 0x80]),
  "x".repeat(200),
];

export const SIMPLE_VALUES: readonly Word[] = ["a", "b", "c", "1", "2", "10", "-5", "hello"];

export function value(random: Random): Word {
  return random.chance(0.3) ? random.pick(ODD_VALUES) : random.pick(SIMPLE_VALUES);
}

export function values(random: Random, most: number): Word[] {
  return Array.from({ length: random.integer(1, most) }, () => value(random));
}

const INDEXES: readonly Word[] = [0, 1, 2, 3, 5, 100, -1, -2, -3, -100];

export function index(random: Random): Word {
  return random.pick(INDEXES);
}

/** Increments, some of which are none. */
export function integerWord(random: Random): Word {
  return random.pick<Word>([
    1,
    2,
    -1,
    0,
    100,
    "9223372036854775807",
    "-9223372036854775808",
    "1.5",
    "x",
    "",
    " 1",
    "01",
  ]);
}

/** Floats, some of which are none. */
export function floatWord(random: Random): Word {
  return random.pick<Word>([
    "0.1",
    "0.2",
    "1.5",
    "-2.25",
    "1000.1",
    "1e3",
    "3",
    "-0.0",
    ".5",
    "1e-7",
    "x",
    "",
    "inf",
  ]);
}

/** Scores that every formatting writes alike. */
export function score(random: Random): Word {
  return random.pick<Word>([
    0,
    1,
    2,
    3,
    -1,
    10,
    "1.5",
    "2.25",
    "-0.5",
    "inf",
    "-inf",
    "9007199254740991",
    "1e3",
  ]);
}
