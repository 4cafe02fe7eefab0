// An entry of the cache as text, and what may be done with it now. Pure: no I/O, no clock.

import { decode, encode } from "../codec.ts";

/** Characters of an entry's id, with which its text begins, so that a script can compare it without parsing. */
const ID_LENGTH = 16;

/**
 * Stands in an entry's place while its first load runs. So the key is there from before the origin is asked, and a
 * scan that deletes by pattern meets it in any case, first as this and then as the entry.
 */
export const PLACEHOLDER = "";

/** A stored value with all that decides whether it may be served. Times are milliseconds since 1970. */
export interface Entry {
  /** New with each store. */
  readonly id: string;
  /** The value as text, or null for "there is no such thing". */
  readonly payload: string | null;
  readonly freshUntil: number;
  readonly revalidateUntil: number;
  readonly usableUntil: number;
  /** How long the load took, for early refresh. */
  readonly loadMs: number;
  /** The versions of its tags, in their order, as they were before the load. */
  readonly versions: readonly string[];
}

type Header = readonly [number, number, number, number, ...string[]];

export function formatEntry(entry: Entry): string {
  const { id, payload, freshUntil, revalidateUntil, usableUntil, loadMs, versions } = entry;
  const header: Header = [freshUntil, revalidateUntil, usableUntil, loadMs, ...versions];
  return `${id}${JSON.stringify(header)}\n${payload ?? ""}`;
}

/** The entry of a text; null where there is none: absent, a placeholder, or not ours. */
export function parseEntry(text: string | null): Entry | null {
  if (text === null || text === PLACEHOLDER) return null;
  const end = text.indexOf("\n");
  if (end < ID_LENGTH) return null;
  try {
    const header = JSON.parse(text.slice(ID_LENGTH, end)) as Header;
    const [freshUntil, revalidateUntil, usableUntil, loadMs, ...versions] = header;
    if (![freshUntil, revalidateUntil, usableUntil, loadMs].every(Number.isFinite)) return null;
    const payload = text.slice(end + 1);
    return {
      id: text.slice(0, ID_LENGTH),
      payload: payload === "" ? null : payload,
      freshUntil,
      revalidateUntil,
      usableUntil,
      loadMs,
      versions,
    };
  } catch {
    return null;
  }
}

export const encodePayload = (value: unknown): string | null =>
  value === null || value === undefined ? null : encode(value);

/** @throws where the payload is not one of `encodePayload` */
export const decodePayload = <T>(payload: string | null): T =>
  (payload === null ? null : decode<T>(payload)) as T;

/** What may be done with an entry. */
export type Verdict =
  /** Serve it. */
  | "fresh"
  /** Serve it, and load anew behind the answer: expired, or by chance soon before. */
  | "refresh-early"
  | "revalidate"
  /** Load anew; serve it only if the origin fails. */
  | "if-error"
  /** Not to be served: invalidated, or past all its times. */
  | "unusable";

/**
 * @param versions of its tags as Redis has them now; null where a tag has none, which makes all under it invalid
 * @param luck from 0 (exclusive) to 1. XFetch (Vattani, Chierichetti, Lowenstein: Optimal Probabilistic Cache
 *   Stampede Prevention, VLDB 2015): an entry that took long to load is loaded anew early, the likelier the nearer
 *   its end is
 */
export function judge(
  entry: Entry,
  versions: readonly (string | null)[],
  { now, luck, earlyRefresh }: { now: number; luck: number; earlyRefresh: number },
): Verdict {
  const current =
    versions.length === entry.versions.length &&
    versions.every((version, i) => version !== null && version === entry.versions[i]);
  if (!current || now >= entry.usableUntil) return "unusable";
  if (now < entry.freshUntil) {
    const head = entry.loadMs * earlyRefresh * -Math.log(luck);
    return now + head >= entry.freshUntil ? "refresh-early" : "fresh";
  }
  return now < entry.revalidateUntil ? "revalidate" : "if-error";
}
