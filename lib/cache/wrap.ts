// The decorator: a function that answers from the cache.

import { encode } from "../codec.ts";
import { checkName, NAME } from "../keys.ts";
import type { Cache } from "./types.ts";

/** One argument as part of a key: `:` separates arguments and `~` escapes, so neither stands for itself. */
function part(argument: unknown): string {
  const plain = typeof argument === "string" || typeof argument === "number";
  // Strings and numbers read as themselves; anything else as its encoding, which `~~` tells from them.
  const text = plain ? String(argument) : `~~${encode(argument)}`;
  return Array.from(new TextEncoder().encode(text), (byte) => {
    const character = String.fromCharCode(byte);
    return /[A-Za-z0-9._@-]/.test(character) ? character : `~${byte.toString(16).padStart(2, "0")}`;
  }).join("");
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** `user` and [7] are `user:7`; what is too long for a name is its hash. */
async function keyOf(prefix: string, args: readonly unknown[]): Promise<string> {
  const key = [prefix, ...args.map(part)].join(":");
  return NAME.test(key) ? key : `${prefix}:~sha256:${await sha256(key)}`;
}

export function createWrap(load: Cache["load"]): Cache["wrap"] {
  return function wrap(prefix, fn, { tags, ...options } = {}) {
    checkName(prefix, "prefix");
    return async function cached(...args) {
      const key = await keyOf(prefix, args);
      const tagged = tags === undefined ? options : { ...options, tags: tags(...args) };
      const { value } = await load(key, () => fn(...args), tagged);
      return value;
    };
  };
}
