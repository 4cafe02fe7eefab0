// All families of commands, each with its seed and length.

import type { Random } from "../random.ts";
import { createRandom } from "../random.ts";
import type { Step } from "../steps.ts";
import { errors } from "./errors.ts";
import { expiry } from "./expiry.ts";
import { hashes } from "./hashes.ts";
import { hyperloglog } from "./hyperloglog.ts";
import { keyspace } from "./keyspace.ts";
import { lists } from "./lists.ts";
import { scripts } from "./scripts.ts";
import { sets } from "./sets.ts";
import { sortedSets } from "./sorted-sets.ts";
import { streams } from "./streams.ts";
import { strings } from "./strings.ts";
import { transactions } from "./transactions.ts";

export interface Family {
  readonly name: string;
  readonly steps: readonly Step[];
}

function family(name: string, length: number, generate: (random: Random) => Step): Family {
  const random = createRandom(length + name.length);
  return { name, steps: Array.from({ length }, () => generate(random)) };
}

export const FAMILIES: readonly Family[] = [
  family("strings", 1000, strings),
  family("hashes", 600, hashes),
  family("lists", 600, lists),
  family("sets", 500, sets),
  family("sorted-sets", 1000, sortedSets),
  family("streams", 1200, streams),
  family("expiry", 500, expiry),
  family("keyspace", 300, keyspace),
  family("hyperloglog", 200, hyperloglog),
  family("scripts", 700, scripts),
  family("transactions", 300, transactions),
  family("errors", 600, errors),
];
