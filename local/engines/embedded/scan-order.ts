// The order in which scans walk, and the cursor that comes of it.
//
// Elements are walked in the order of a hash of their bytes, and the cursor is the hash to go on from. It depends on
// nothing else: whatever is added or removed between two pages, an element that stays keeps its place, so a scan
// returns it, and returns it once. No state is kept for a cursor, and one given twice gives the same page.

/** An element and its place in the order, an integer from 0 to 2^53 - 1. */
export interface Ordered<Element> {
  readonly order: number;
  readonly element: Element;
}

/** cyrb53 (github.com/bryc/code, public domain) over bytes: 53 bits, so that the cursor is an exact number. */
export function scanOrder(bytes: Buffer): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (const byte of bytes) {
    high = Math.imul(high ^ byte, 2654435761);
    low = Math.imul(low ^ byte, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
}

export function byOrder(a: Ordered<unknown>, b: Ordered<unknown>): number {
  return a.order - b.order;
}

/** The first index whose order is not below `order`. */
function lowerBound(items: readonly Ordered<unknown>[], order: number): number {
  let from = 0;
  let to = items.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((items[middle]?.order ?? 0) < order) from = middle + 1;
    else to = middle;
  }
  return from;
}

/**
 * One page of a scan.
 *
 * @param items all elements, sorted by `byOrder`.
 * @param cursor as the client gave it; 0 begins.
 * @param count how many elements to walk, at least 1. Elements of one hash are never parted, so a page may be longer.
 * @returns the page, and the cursor of the next one, "0" at the end.
 */
export function scanPage<Element>(
  items: readonly Ordered<Element>[],
  cursor: bigint,
  count: number,
): { page: Ordered<Element>[]; next: string } {
  // Above 2^53 no element stands, and Number() stays above it.
  const start = lowerBound(items, Number(cursor));
  let end = Math.min(start + count, items.length);
  const last = items[end - 1]?.order;
  while (end < items.length && items[end]?.order === last) end++;
  const next = end < items.length && last !== undefined ? String(last + 1) : "0";
  return { page: items.slice(start, end), next };
}
