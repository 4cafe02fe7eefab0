// Many clients at once that read a few products often and many seldom, while prices change under them.

import { type Answer, type CatalogueClient, type Product, Refused } from "./client.ts";
import { createPrices } from "./prices.ts";
import type { Measurement } from "./report.ts";

export interface ShoppingOptions {
  client: CatalogueClient;
  clients: number;
  reads: number;
  /** From 0 to below 1. */
  random: () => number;
  /** The ids there are. */
  ids: readonly number[];
}

export interface Shopping {
  measurements: readonly Measurement[];
  /** Reads that were shown an older price than had been acknowledged when they began. */
  violations: readonly string[];
  /** Changes that were not made, for want of Redis. */
  refused: number;
  failures: readonly string[];
}

/** One read in twenty is a list; after one in 25 a price is changed, which takes another read before it. */
const READS_PER_LIST = 20;
const READS_PER_CHANGE = 25;

/** Does all reads and changes. A request that fails is told in `failures`, and the others go on. */
export async function goShopping({
  client,
  clients,
  reads,
  random,
  ids,
}: ShoppingOptions): Promise<Shopping> {
  const prices = createPrices();
  const measurements: Measurement[] = [];
  const failures: string[] = [];
  let refused = 0;
  /** A product's price is changed by one client at a time, so that it only ever rises. */
  const inChange = new Set<number>();
  let left = reads;

  // The cube has the first tenth of the products take almost half of the reads.
  const choose = () => ids[Math.floor(random() ** 3 * ids.length)] ?? 1;

  async function read<T>(
    ask: () => Promise<Answer<T>>,
    productsOf: (body: T) => readonly Product[],
  ): Promise<T> {
    const floors = prices.floors();
    const { body, source, ...measured } = await ask();
    measurements.push({ group: source, ...measured });
    for (const { id, price } of productsOf(body)) prices.check(id, price, floors);
    return body;
  }

  const readProduct = (id: number) =>
    read(
      () => client.product(id),
      (product) => [product],
    );
  const readList = () =>
    read(
      () => client.products("limit=20"),
      ({ items }) => items,
    );

  async function changePrice(id: number): Promise<void> {
    if (inChange.has(id)) return;
    inChange.add(id);
    try {
      const { price } = await readProduct(id);
      const { body, source: _, ...measured } = await client.changePrice(id, price + 1);
      prices.acknowledge(id, body.price);
      measurements.push({ group: "PATCH", ...measured });
    } finally {
      inChange.delete(id);
    }
  }

  async function shop(): Promise<void> {
    while (left > 0) {
      const turn = left--;
      try {
        await (turn % READS_PER_LIST === 0 ? readList() : readProduct(choose()));
        if (turn % READS_PER_CHANGE === 0) await changePrice(choose());
      } catch (error) {
        if (error instanceof Refused) refused++;
        else failures.push(String(error));
      }
    }
  }

  await Promise.all(Array.from({ length: clients }, shop));
  return { measurements, violations: prices.violations, refused, failures };
}
