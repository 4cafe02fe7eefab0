// An object as JSON has it, whatever its fields are called.

import * as v from "valibot";

/** valibot's own schemas of objects leave keys out, such as `constructor`, and say nothing. */
export const jsonObject = v.custom<Record<string, unknown>>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "must be an object",
);
