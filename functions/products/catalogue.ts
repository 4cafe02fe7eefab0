// The products, through the cache: what may be served from where, and what a change takes out.

import type { Cache, EntryOptions, Loaded } from "../../lib/cache/index.ts";
import type { Database, Product, ProductFields } from "../database/index.ts";

/** Under this every entry is invalidated at once. */
const ALL_TAG = "products";
/** The lists that are of no category: any change of any product changes them. */
const UNFILTERED_TAG = "products:all";
const categoryTag = (category: string): string => `category:${category}`;
export const productKey = (id: string | number): string => `product:${id}`;

/** The longest category. Tags and the keys of lists hold it beside others, and are names of at most 128 characters. */
export const MAX_CATEGORY = 96;
/** Longer ids are no key's part, and no product's. */
const MAX_CACHED_ID = 120;

const LIFETIME = {
  ttlSeconds: 300,
  staleWhileRevalidateSeconds: 60,
  staleIfErrorSeconds: 3_600,
  missingTtlSeconds: 30,
} satisfies EntryOptions;

/** Only these are ids of products: 7, but not 07, 7.0 or beyond what a number holds. */
const CANONICAL_ID = /^[1-9]\d{0,15}$/;

/** How often a change is tried again because the product has moved to another category meanwhile. */
const TRIES = 5;

export interface ProductPage {
  readonly items: readonly Product[];
  /** The last id of this page where there are more, else null. */
  readonly after: number | null;
}

export interface Catalogue {
  /** Cost: as `cache.load`: a hit 1 trip, 1 command. */
  get(id: string): Promise<Loaded<Product | null>>;
  list(page: { category: string | undefined; after: number; limit: number }): Promise<Loaded<ProductPage>>;
  /** @throws RedisUnavailableError: then nothing was written. Cost: 2 trips. */
  create(fields: ProductFields): Promise<Product>;
  /**
   * @returns the product as it is now; "missing"; "contended" where it kept moving between categories
   * @throws RedisUnavailableError: then nothing was written. Cost: 2 trips.
   */
  update(id: string, changes: Partial<ProductFields>): Promise<Product | "missing" | "contended">;
  /** As `update`. */
  remove(id: string): Promise<"removed" | "missing" | "contended">;
}

/** What a product's change takes out: itself, and the lists it stands in before or after. */
const affected = (id: number, ...categories: string[]) => ({
  keys: [productKey(id)],
  tags: [UNFILTERED_TAG, ...new Set(categories.map(categoryTag))],
});

export interface CatalogueOptions {
  cache: Cache;
  database: Database;
  /** Milliseconds since 1970. `Date.now`. */
  now?: () => number;
}

export function createCatalogue({
  cache,
  database: { products },
  now = Date.now,
}: CatalogueOptions): Catalogue {
  const timestamp = (): string => new Date(now()).toISOString();

  async function find(id: string): Promise<Product | null> {
    const number = Number(id);
    return CANONICAL_ID.test(id) && Number.isSafeInteger(number) ? products.get(number) : null;
  }

  /**
   * Changes a product in the category it is seen in, so that the lists taken out around the change are the right ones.
   * Where another change has moved it since, the change does nothing (null), and all of it is done again.
   */
  async function change<T>(
    id: string,
    categories: readonly string[],
    apply: (seen: Product) => Promise<T | null>,
  ): Promise<T | "missing" | "contended"> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const seen = await find(id);
      if (seen === null) return "missing";
      const done = await cache.write(affected(seen.id, seen.category, ...categories), () => apply(seen));
      if (done !== null) return done;
    }
    return "contended";
  }

  return {
    async get(id) {
      if (id.length > MAX_CACHED_ID) {
        return { value: null, status: { kind: "miss", stored: false, collapsed: false } };
      }
      return cache.load(productKey(id), () => find(id), { ...LIFETIME, tags: [ALL_TAG] });
    },

    list({ category, after, limit }) {
      // The category stands last, for it may hold colons itself.
      const key = `products:${limit}:${after}${category === undefined ? "" : `:${category}`}`;
      const tags = [ALL_TAG, category === undefined ? UNFILTERED_TAG : categoryTag(category)];
      return cache.load(
        key,
        async () => {
          const rows = await products.list({ category, after, limit: limit + 1 });
          const items = rows.slice(0, limit);
          return { items, after: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
        },
        { ...LIFETIME, tags },
      );
    },

    async create(fields) {
      // Allotted first, so that a 404 that was cached under this id is taken out too.
      const id = await products.allotId();
      const product = { id, ...fields, updatedAt: timestamp() };
      await cache.write(affected(id, fields.category), () => products.insert(product));
      return product;
    },

    update: (id, changes) =>
      change(id, changes.category === undefined ? [] : [changes.category], (seen) =>
        products.update(seen, changes, timestamp()),
      ),

    remove: (id) =>
      change<"removed">(id, [], async (seen) => ((await products.remove(seen)) ? "removed" : null)),
  };
}
