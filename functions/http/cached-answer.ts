// Answers out of the cache: where they come from (RFC 9211), and 304 for who has them already (RFC 9110, 13.1.2).

import type { Context, TypedResponse } from "hono";
import type { JSONParsed } from "hono/utils/types";
import { sha256 } from "../../lib/digest.ts";
import type { CacheStatus } from "../../lib/cache/index.ts";
import type { AppEnv } from "./environment.ts";

/** What Hono makes of `c.json(value, 200)`. Named, for written out it is longer than the compiler writes into a declaration. */
type Answered<T> = Response & TypedResponse<JSONParsed<T>, 200, "json">;

/** The value of a `Cache-Status` header. */
export function cacheStatus(status: CacheStatus): string {
  if (status.kind === "hit") return `sedge; hit; ttl=${status.ttlSeconds}`;
  if (status.kind === "stale") return "sedge; fwd=stale";
  if (status.kind === "bypass") return `sedge; fwd=bypass; detail=${status.because}`;
  if (status.collapsed) return "sedge; fwd=miss; collapsed";
  return status.stored ? "sedge; fwd=miss; stored" : "sedge; fwd=miss";
}

/**
 * Answers a value that may be kept by whoever asks before each use whether it still is the same.
 * @returns 200 with a strong `ETag`, or 304 where `If-None-Match` has it
 */
export async function answerCached<T extends object>(c: Context<AppEnv>, value: T): Promise<Answered<T>> {
  return answerTagged(c, value, await etagOf(JSON.stringify(value)));
}

/** As `answerCached`, with an `ETag` of the caller's: another for each value. */
export function answerTagged<T extends object>(c: Context<AppEnv>, value: T, etag: string): Answered<T> {
  c.header("ETag", etag);
  c.header("Cache-Control", "no-cache");
  // The client's type knows the 200 alone: fetch answers a 304 from its own cache, as that 200.
  if (matches(c.req.header("If-None-Match"), etag)) return c.body(null, 304) as never;
  return c.json(value, 200);
}

/** 128 bits of the body's SHA-256: strong, for the same bytes have the same tag and others another. */
async function etagOf(body: string): Promise<string> {
  const hash = await sha256(body);
  return `"${Array.from(hash.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("")}"`;
}

/** If-None-Match compares weakly. */
function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === "*") return true;
  return header.split(",").some((candidate) => candidate.trim().replace(/^W\//, "") === etag);
}
