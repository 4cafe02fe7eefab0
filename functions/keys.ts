// API keys: which there are, and what each may do.

import { equalInConstantTime } from "../lib/bytes.ts";
import { sha256 } from "../lib/digest.ts";
import { NAME } from "../lib/keys.ts";

/** Who called with a key. */
export interface Caller {
  readonly name: string;
  readonly scopes: readonly string[];
}

export interface ApiKeys {
  /** Why the keys cannot be read, for whoever deploys. No key is good then. */
  readonly problem: string | null;
  /** Whose key this is. Takes as long for a wrong one as for a right one, and says nothing of how wrong. */
  find(key: string): Promise<Caller | undefined>;
}

interface Entry extends Caller {
  readonly hash: Uint8Array;
}

/** `area:verb`, `area:*` or `*`. */
export const SCOPE = /^(\*|[a-z]+:(\*|[a-z]+))$/;
const SHAPE = 'must look like {"name": {"sha256": "64 hex digits", "scopes": ["products:write"]}}';

/**
 * Reads the secret API_KEYS.
 * @param text `{"name": {"sha256": "…", "scopes": ["products:write", "*"]}}` as JSON
 */
export function createApiKeys(text: string | undefined): ApiKeys {
  const entries = parse(text);
  if (typeof entries === "string") return { problem: `API_KEYS ${entries}`, find: async () => undefined };

  return {
    problem: null,
    async find(key) {
      const hash = await sha256(key);
      let found: Entry | undefined;
      // All of them, and all of each: when it ends tells nothing.
      for (const entry of entries) if (equalInConstantTime(hash, entry.hash)) found = entry;
      return found;
    },
  };
}

/** Whether a caller has a scope: by its name, by `products:*` or by `*`. */
export function allows({ scopes }: Caller, scope: string): boolean {
  const [area = ""] = scope.split(":", 1);
  return scopes.some((owned) => owned === "*" || owned === scope || owned === `${area}:*`);
}

/** The entries, or what is wrong. What is wrong never quotes the text: it is a secret. */
function parse(text: string | undefined): readonly Entry[] | string {
  if (text === undefined || text.trim() === "") return `is not set: it ${SHAPE}`;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return `is not JSON: it ${SHAPE}`;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return SHAPE;

  const entries: Entry[] = [];
  for (const [name, key] of Object.entries(value as Record<string, unknown>)) {
    if (!NAME.test(name) || !isKey(key)) return SHAPE;
    const hash = Uint8Array.from(key.sha256.match(/../g) ?? [], (hex) => Number.parseInt(hex, 16));
    entries.push({ name, scopes: key.scopes, hash });
  }
  return entries;
}

function isKey(value: unknown): value is { sha256: string; scopes: string[] } {
  if (typeof value !== "object" || value === null) return false;
  const { sha256: hash, scopes } = value as { sha256?: unknown; scopes?: unknown };
  return (
    typeof hash === "string" &&
    /^[0-9a-f]{64}$/i.test(hash) &&
    Array.isArray(scopes) &&
    scopes.every((scope) => typeof scope === "string" && SCOPE.test(scope))
  );
}
