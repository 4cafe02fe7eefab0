// What is asked of each cache that takes part.

/** What is cached: some 400 characters as JSON. */
export interface Product {
  readonly id: number;
  readonly name: string;
  readonly priceInCents: number;
  readonly tags: readonly string[];
  readonly description: string;
}

export const createProduct = (id: number): Product => ({
  id,
  name: "Desk lamp, brass",
  priceInCents: 12_900,
  tags: ["lamps", "brass", "new"],
  description: "A lamp for a desk, of brass, with a shade that turns. ".repeat(5),
});

export type Loader = () => Promise<Product>;

/** How long everybody keeps an entry. Nobody serves stale: each hit is one of a fresh value. */
export const TTL_SECONDS = 300;

/**
 * How long everybody who can say so keeps a value in the process. Ten times Sedge's default: no pause of a busy machine
 * shall make a hit in the process one in Redis.
 */
export const IN_PROCESS_SECONDS = 10;

export interface Setting {
  /** Entries have tags. A library that pays for tags by being set so is set so here alone. */
  readonly isTagged: boolean;
  /** The tier in the process is on. */
  readonly isTiered: boolean;
}

/** The cache of one isolate: it shares nothing with another's but Redis. */
export interface IsolateCache {
  /** The way its documentation names first: the value from the cache, or else from the loader. */
  readonly load: (key: string, loader: Loader, tags: readonly string[]) => Promise<Product | undefined>;
  /** Makes one entry go, so that the next read loads. */
  readonly remove: (key: string) => Promise<unknown>;
  /** Makes all entries under these tags go. */
  readonly invalidateTags?: (tags: readonly string[]) => Promise<unknown>;
  /** Resolves when what goes on behind the answers (`waitUntil`) has ended. */
  readonly settled: () => Promise<unknown>;
}

export interface Contender {
  readonly name: string;
  readonly hasTags: boolean;
  /** What its tier in the process is, or null where it has none. */
  readonly tier: string | null;
  readonly open: (setting: Setting) => IsolateCache;
}
