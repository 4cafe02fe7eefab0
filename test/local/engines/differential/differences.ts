// Every difference between the engines that the comparison allows, each with its reason. Whatever is not here must be
// equal.

import { translate } from "./error-texts.ts";
import type { Recorded } from "./recording.ts";
import type { Step } from "./steps.ts";

interface Difference {
  readonly reason: string;
  readonly commands: readonly string[];
  /** Brings both engines' replies into a form in which they must be equal. */
  readonly normalize: (reply: Recorded, words: readonly string[]) => Recorded;
}

function isList(reply: Recorded): reply is readonly Recorded[] {
  return Array.isArray(reply);
}

function byText(a: Recorded, b: Recorded): number {
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
  return left < right ? -1 : Number(left > right);
}

function sorted(reply: Recorded): Recorded {
  return isList(reply) ? reply.toSorted(byText) : reply;
}

function sortedPairs(reply: Recorded): Recorded {
  if (!isList(reply)) return reply;
  return reply
    .map((item, at) => (at % 2 === 0 ? [item, reply[at + 1] ?? null] : null))
    .filter((pair) => pair !== null)
    .toSorted(byText);
}

/** A number with digits behind the point, or an exponent, in the shortest form. */
function shortestNumbers(reply: Recorded): Recorded {
  if (isList(reply)) return reply.map(shortestNumbers);
  if (typeof reply !== "string" || !/^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(reply)) return reply;
  return /[.e]/.test(reply) ? String(Number(reply)) : reply;
}

/** Values of a flat list of names and values, as a map. */
function fields(row: Recorded): Map<Recorded, Recorded> {
  const pairs = new Map<Recorded, Recorded>();
  if (isList(row)) for (let at = 0; at < row.length; at += 2) pairs.set(row[at] ?? null, row[at + 1] ?? null);
  return pairs;
}

function maskInfo(reply: Recorded, words: readonly string[]): Recorded {
  if (!isList(reply)) return reply;
  const hidden = words[1] === "GROUPS" ? ["consumers", "entries-read", "lag"] : ["idle", "inactive"];
  return reply
    .map((row) => [...fields(row)].filter(([name]) => typeof name === "string" && !hidden.includes(name)))
    .filter((row) => !JSON.stringify(row).endsWith('["pending",0]]'))
    .toSorted(byText);
}

export const DIFFERENCES: readonly Difference[] = [
  {
    reason: "Redis promises no order",
    commands: [
      "SMEMBERS",
      "SINTER",
      "SUNION",
      "SDIFF",
      "SRANDMEMBER",
      "SPOP",
      "KEYS",
      "SCAN",
      "SSCAN",
      "HKEYS",
      "HVALS",
    ],
    normalize: sorted,
  },
  { reason: "Redis promises no order", commands: ["HGETALL", "HSCAN", "ZSCAN"], normalize: sortedPairs },
  {
    reason: "picked at random: without order, and in pairs with values",
    commands: ["HRANDFIELD", "ZRANDMEMBER"],
    normalize: (reply, words) => (words.includes("WITHVALUES") ? sortedPairs(reply) : sorted(reply)),
  },
  {
    reason: "a double is written in its shortest form, as Redis does since 7.2; Redis 7.0 writes 17 digits",
    commands: [
      "ZSCORE",
      "ZMSCORE",
      "ZADD",
      "ZINCRBY",
      "ZRANGE",
      "ZREVRANGE",
      "ZRANGEBYSCORE",
      "ZREVRANGEBYSCORE",
    ],
    normalize: shortestNumbers,
  },
  {
    reason: "a double is written in its shortest form, as Redis does since 7.2; Redis 7.0 writes 17 digits",
    commands: ["ZPOPMIN", "ZPOPMAX", "ZMPOP", "ZUNION", "ZINTER", "ZSCAN"],
    normalize: shortestNumbers,
  },
  {
    reason: "time passes between the commands; a long time left is told to a thousandth",
    commands: ["TTL", "PTTL"],
    normalize(reply, [name]) {
      const unit = name === "TTL" ? 1_000 : 1_000_000;
      return typeof reply === "number" && reply > unit ? Math.round(reply / unit) * unit : reply;
    },
  },
  {
    reason:
      "idle times differ; Redis estimates the lag after deletions; since 7.2 a read or claim of nothing makes its consumer",
    commands: ["XINFO"],
    normalize: maskInfo,
  },
  {
    reason: "since Redis 7.2 a read or claim of nothing makes its consumer, so that it may be there already",
    commands: ["XGROUP"],
    normalize: (reply, words) =>
      words[1] === "CREATECONSUMER" && typeof reply === "number" ? "a number" : reply,
  },
  {
    reason: "idle times differ",
    commands: ["XPENDING"],
    normalize: (reply) =>
      isList(reply)
        ? reply.map((row) => (isList(row) && row.length === 4 ? row.toSpliced(2, 1) : row))
        : reply,
  },
];

function wordsOf(step: Step): readonly string[] {
  return step.kind === "transaction" ? [] : step.words.map((word) => String(word).toUpperCase());
}

/** A reply and the one recorded from Redis, in forms that are equal where no difference but a listed one is. */
export function comparable(step: Step, reply: Recorded, expected: Recorded): [Recorded, Recorded] {
  const words = wordsOf(step);
  const rules = DIFFERENCES.filter(({ commands }) => commands.includes(words[0] ?? ""));
  const normalized = (value: Recorded): Recorded =>
    rules.reduce((current, { normalize }) => normalize(current, words), value);
  return [normalized(translate(reply, expected)), normalized(expected)];
}
