// How deep JSON is, before it is kept.

/**
 * Lists and objects in one another that are kept: what the stack holds, wherever it is read. At a depth of thousands a value
 * may be written that cannot be read any more.
 */
export const MAX_LEVELS = 32;

/** Whether a value of JSON is in at most so many lists and objects. Never goes deeper than that itself. */
export const isWithin = (levels: number, value: unknown): boolean =>
  typeof value !== "object" ||
  value === null ||
  (levels > 0 && Object.values(value).every((part) => isWithin(levels - 1, part)));
