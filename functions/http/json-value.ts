// Any JSON, as a field of a body that is kept.

import * as v from "valibot";
import { isWithin, MAX_LEVELS } from "./nesting.ts";

/** JSON.parse makes an infinity of 1e400, which no JSON can say again. */
const isFinite = (value: unknown): boolean => {
  if (typeof value === "number") return Number.isFinite(value);
  return typeof value !== "object" || value === null || Object.values(value).every(isFinite);
};

/** Whether it can be kept: not too deep, and JSON again when it is written. */
export const isKeepable = (value: unknown): boolean => isWithin(MAX_LEVELS, value) && isFinite(value);

export const jsonValue = v.pipe(
  v.unknown(),
  v.check(
    isKeepable,
    `must be JSON of at most ${MAX_LEVELS} levels, without a number beyond what a double holds`,
  ),
);
