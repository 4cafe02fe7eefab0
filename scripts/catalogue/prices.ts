// Whether anybody is shown an old price. Each product's price only ever rises here, so older means lower.

export interface Prices {
  /** To be called when a read begins: what it must not fall below, by product. */
  floors: () => ReadonlyMap<number, number>;
  /** To be called when a change was answered. */
  acknowledge: (id: number, price: number) => void;
  /** Counts and keeps a price that was shown to a read which began with those floors. */
  check: (id: number, price: number, floors: ReadonlyMap<number, number>) => void;
  /** What was too old, for people. */
  readonly violations: readonly string[];
}

/** Nobody else may change prices meanwhile. */
export function createPrices(): Prices {
  // Replaced, never changed: a read keeps the map of its beginning at no cost.
  let acknowledged: ReadonlyMap<number, number> = new Map();
  const violations: string[] = [];
  return {
    floors: () => acknowledged,
    acknowledge: (id, price) => {
      acknowledged = new Map(acknowledged).set(id, Math.max(price, acknowledged.get(id) ?? 0));
    },
    check: (id, price, floors) => {
      const floor = floors.get(id);
      if (floor !== undefined && price < floor) {
        violations.push(`product ${id}: ${price} was read after the change to ${floor} had been answered`);
      }
    },
    violations,
  };
}
