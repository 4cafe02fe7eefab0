export { createCache } from "./cache.ts";
export { isScanCursor } from "./invalidate.ts";
export { createCacheMemory, type CacheMemory } from "./memory.ts";
export { CACHE_SCRIPTS } from "./scripts.ts";
export type * from "./types.ts";
