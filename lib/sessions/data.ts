// A session's data on its way in: checked, encoded, bounded. Pure.

import { encode } from "../codec.ts";
import { DATA } from "./record.ts";
import type { DataFault, Fields } from "./types.ts";

export interface DataLimits {
  readonly maxFields: number;
  readonly maxBytes: number;
}

/** What is to change, in the names and texts of the hash. */
export interface EncodedChanges {
  /** Field, value, field, value… */
  readonly set: readonly string[];
  readonly removed: readonly string[];
}

const MAX_NAME_LENGTH = 128;

// Half of a surrogate pair has no UTF-8: two names could become one.
const isFieldName = (name: string): boolean =>
  name !== "" && name.length <= MAX_NAME_LENGTH && name.isWellFormed();

/**
 * Null removes a field, undefined is nothing.
 * @returns the changes, or why they cannot be kept. What else the session has is not known here: the script
 *   that merges them checks the sum again.
 */
export function encodeChanges(
  changes: Fields,
  { maxFields, maxBytes }: DataLimits,
): EncodedChanges | DataFault {
  const entries = Object.entries(changes).filter(([, value]) => value !== undefined);
  if (entries.length > maxFields) return "too-large";
  const set: string[] = [];
  const removed: string[] = [];
  let length = 0;
  for (const [name, value] of entries) {
    if (!isFieldName(name)) return "field-name";
    if (value === null) {
      removed.push(DATA + name);
      continue;
    }
    const text = encodeValue(value);
    if (text === null) return "not-encodable";
    set.push(DATA + name, text);
    // Characters are at most as many as bytes.
    length += name.length + text.length;
    if (length > maxBytes) return "too-large";
  }
  return { set, removed };
}

/** The value as text, or null where it has none. */
export function encodeValue(value: unknown): string | null {
  try {
    return encode(value);
  } catch {
    return null;
  }
}
