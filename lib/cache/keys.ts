// The Redis keys of a cache. All keys of one entry, and all of one tag, are in one slot of a Redis Cluster.

import { checkName, checkPattern, slot } from "../keys.ts";

export interface CacheKeys {
  /** The entry itself: `sedge:cache:{product:1}`. */
  readonly entry: (key: string) => string;
  /** Who loads it: `sedge:cache:{product:1}:lease`. */
  readonly lease: (key: string) => string;
  /** Who writes it: `sedge:cache:{product:1}:mark`. */
  readonly mark: (key: string) => string;
  /** A tag's version: `sedge:cache:tag:{products}`. */
  readonly tag: (tag: string) => string;
  /** Who writes under it: `sedge:cache:tag:{products}:mark`. */
  readonly tagMark: (tag: string) => string;
  /** The tag every entry of the namespace has, or null without a namespace. */
  readonly namespaceTag: string | null;
  /** A glob that matches the entries, and nothing but them, whose key matches `pattern`. */
  readonly match: (pattern: string) => string;
}

export function createCacheKeys(prefix: string, namespace: string | undefined): CacheKeys {
  checkName(prefix, "prefix");
  if (namespace !== undefined) checkName(namespace, "namespace");
  // The namespace stands before the colon that an entry's brace follows, so no key of one looks like another's.
  const base = namespace === undefined ? `${prefix}:cache` : `${prefix}:cache@${namespace}`;
  const entry = (key: string): string => `${base}:${slot(checkName(key, "key"))}`;
  const tag = (name: string): string => `${base}:tag:${slot(checkName(name, "tag"))}`;

  return {
    entry,
    lease: (key) => `${entry(key)}:lease`,
    mark: (key) => `${entry(key)}:mark`,
    tag,
    tagMark: (name) => `${tag(name)}:mark`,
    namespaceTag: namespace === undefined ? null : `@${namespace}`,
    match: (pattern) => `${base}:${slot(checkPattern(pattern, "pattern"))}`,
  };
}
