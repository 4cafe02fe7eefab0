// Pages of lists.

const MAX_LIMIT = 100;

/** @throws RangeError */
export function checkLimit(limit = MAX_LIMIT): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new RangeError(`limit must be an integer from 1 to ${MAX_LIMIT}`);
}

/** A page of what was read, which may be one more than `limit`. @param cursorOf where the next page goes on */
export function pageOf<Item>(found: readonly Item[], limit: number, cursorOf: (item: Item) => string) {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, next: found.length > limit && last !== undefined ? cursorOf(last) : null };
}
