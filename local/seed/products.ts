// The development catalogue: the same products every time, made from a small vocabulary.
import { createRandom, shuffle } from "./random.ts";
import { type Shelf, shelves } from "./vocabulary.ts";

export interface SeedProduct {
  id: number;
  name: string;
  /** Cents. */
  price: number;
  category: string;
  /** ISO 8601, UTC, with milliseconds. */
  updatedAt: string;
}

/** How many products each thing of the vocabulary becomes. */
const PRODUCTS_PER_THING = 4;
const SEED = 20_260_101;
const FIRST_UPDATE = Date.UTC(2026, 0, 5, 8);
/** Updates are spread over 270 days. */
const UPDATE_SPAN_MS = 270 * 86_400_000;

/** 528 products in 12 categories, with ids from 1 without a gap. No two share a name. */
export function seedProducts(): SeedProduct[] {
  const random = createRandom(SEED);
  const drafts = shelves.flatMap((shelf) => stock(shelf, random));
  return shuffle(drafts, random).map((draft, index) => Object.assign({ id: index + 1 }, draft));
}

function stock(shelf: Shelf, random: () => number): Omit<SeedProduct, "id">[] {
  return shelf.things.flatMap(([thing, cents]) => {
    const pairs = shelf.qualities.flatMap((quality) =>
      shelf.variants.map((variant) => ({ quality, variant })),
    );
    return shuffle(pairs, random)
      .slice(0, PRODUCTS_PER_THING)
      .map(({ quality, variant }) => ({
        name: `${quality[0]} ${thing}, ${variant[0]}`,
        price: shelfPrice(cents * quality[1] * variant[1] * (0.95 + random() * 0.1)),
        category: shelf.category,
        updatedAt: new Date(FIRST_UPDATE + Math.floor(random() * UPDATE_SPAN_MS)).toISOString(),
      }));
  });
}

/** Prices end as they do in shops: in .50 or .90 below 100, on whole fives less .10 above. */
function shelfPrice(cents: number): number {
  if (cents >= 10_000) return Math.round(cents / 500) * 500 - 10;
  const units = Math.floor(cents / 100) * 100;
  return cents - units < 40 ? units + 50 : units + 90;
}
