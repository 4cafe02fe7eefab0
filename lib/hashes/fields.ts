// A config's fields on their way in and out: checked, encoded, bounded. Pure.

import { decode, encode } from "../codec.ts";
import { NAME } from "../keys.ts";
import type { ConfigFault, Fields } from "./types.ts";

/** What is to change, as the script takes it. */
export interface EncodedChanges {
  /** Field, value, field, value… */
  readonly set: readonly string[];
  readonly removed: readonly string[];
}

/** `__proto__` would be set on a caller's object where they copy field by field. */
const isFieldName = (field: string): boolean => NAME.test(field) && field !== "__proto__";

/**
 * @returns the changes, or why they cannot be kept. What else the config has is not known here: the script that merges
 *   them checks the sum again
 */
export function encodeChanges(
  changes: Fields,
  { maxFields, maxBytes }: { maxFields: number; maxBytes: number },
): EncodedChanges | ConfigFault {
  const entries = Object.entries(changes).filter(([, value]) => value !== undefined);
  if (entries.length > maxFields) return "too-large";
  const set: string[] = [];
  const removed: string[] = [];
  let length = 0;
  for (const [field, value] of entries) {
    if (!isFieldName(field)) return "field-name";
    if (value === null) {
      removed.push(field);
      continue;
    }
    const text = encoded(value);
    if (text === null) return "not-encodable";
    set.push(field, text);
    // Characters are at most as many as bytes.
    length += field.length + text.length;
    if (length > maxBytes) return "too-large";
  }
  return { set, removed };
}

function encoded(value: unknown): string | null {
  try {
    return encode(value);
  } catch {
    return null;
  }
}

/**
 * @param flat field, value, field, value…, in no order
 * @returns the values in the order of their names, so that one version is one text
 */
export function decodeFields(flat: readonly string[]): Fields {
  const fields = flat.filter((_, i) => i % 2 === 0);
  const values = new Map(fields.map((field, i) => [field, flat[2 * i + 1] ?? ""]));
  return Object.fromEntries(
    fields.toSorted().map((field): [string, unknown] => [field, decode(values.get(field) ?? "")]),
  );
}
