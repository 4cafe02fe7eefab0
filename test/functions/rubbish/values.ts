// Values of JSON that no caller should send, as text: some of them are none.

/** Stands in many a value, and may stand in no refusal. */
export const SECRET = "sk_live_51Hq3tnvalue";

/** What stands between spaces. */
export const words = (text: string): string[] => text.trim().split(/\s+/);

const nested = (open: string, close: string, levels: number): string =>
  open.repeat(levels) + close.repeat(levels);
const textOf = (length: number, character = "x"): string => `"${character.repeat(length)}"`;
const listOf = (length: number, entry: string): string =>
  `[${Array.from({ length }, () => entry).join(",")}]`;
const recordOf = (length: number): string => `{${Array.from({ length }, (_, i) => `"f${i}":1`).join(",")}}`;

const SCALARS = words(String.raw`
  null true false 0 -1 -0 1.5 1.0 1e5 1e21 1e309 -1e309 1e-400 5e-324 7e7777
  9007199254740993 -9007199254740992 123456789012345678901234567890
  NaN Infinity -Infinity 0x10 01 +1 .5 1. undefined nul 'a' a "a
  "" "\u0000" "a\u0007b" "\ud800" "a\udc00" "\u202e\ufeff" "\x41" "\
  "NaN" "1e309" "-0" "7" "null" "true" "__proto__" "constructor" "*" "{a}" "a,b" "a/b" "é" "💥"
  "${SECRET}" "${SECRET}\u0000"`);

const COMPOSED = words(`
  [] {} [[]] [null] [{}] [1e309,"a",null,{}] ["${SECRET}"] {"${SECRET}":"${SECRET}"}
  {"0":"a","length":1} {"length":1e9} {"then":1} {"a":1,"a":2} {"toString":null,"valueOf":null}
  {"__proto__":{"admin":true}} {"data":{"__proto__":1}} {"constructor":{"prototype":{"admin":true}}}`);

export const JSON_VALUES = [
  ...SCALARS,
  ...COMPOSED,
  '" "',
  '"a b"',
  '"\t"',
  `"\n${SECRET}"`,
  textOf(129),
  textOf(257),
  textOf(40_000),
  textOf(100, "💥"),
  nested("[", "]", 33),
  nested("[", "]", 3_000),
  `${'{"a":'.repeat(3_000)}1${"}".repeat(3_000)}`,
  listOf(1_500, "1"),
  listOf(150, '"a"'),
  recordOf(200),
];

/** Each of its entries is wrong, and there are far too many. */
export const LONG_LIST = listOf(20_000, "{}");

/** Too much of a body, or all that it has room for: rare, for each takes its time. */
export const HUGE_VALUES = [
  nested("[", "]", 250_000),
  `${'{"a":'.repeat(170_000)}1${"}".repeat(170_000)}`,
  textOf(1_040_000),
  textOf(1_100_000),
  listOf(300_000, "{}"),
  recordOf(60_000),
];

/** Fields that a body has not, as text. */
export const EXTRA_FIELDS = words(String.raw`
  "${SECRET}":1 "colour":"${SECRET}" "__proto__":{"admin":true} "__proto__":null "constructor":{"prototype":{}}
  "prototype":{} "toString":1 "hasOwnProperty":false "":"" "\u0000":1 "\ud800":1 "id":1 "0":0 "4111111111111111":1`);
