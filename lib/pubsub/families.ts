// Families: the channels with the same first segment, whose events are in one stream.

/** The family of a channel: `user` of `user:events`, the whole name where it has no colon. */
export function familyOf(channel: string): string {
  const colon = channel.indexOf(":");
  return colon < 0 ? channel : channel.slice(0, colon);
}

/** Where a pattern's channels may be. */
export type Scope =
  /** All in one family. */
  | { readonly kind: "family"; readonly family: string; readonly prefix: string }
  /** In the families that begin like this. */
  | { readonly kind: "families"; readonly prefix: string };

const GLOB = /[*?[\\]/;

/** Whether a pattern is a channel's name, and no more. */
export const isChannel = (pattern: string): boolean => !GLOB.test(pattern);

/** `prefix` is what every channel of the pattern begins with. */
export function scopeOf(pattern: string): Scope {
  const glob = pattern.search(GLOB);
  const prefix = glob < 0 ? pattern : pattern.slice(0, glob);
  if (glob < 0 || prefix.includes(":")) return { kind: "family", family: familyOf(prefix), prefix };
  return { kind: "families", prefix };
}

/** Whether a family may have channels of a pattern. */
export function mayHold(family: string, pattern: string): boolean {
  const scope = scopeOf(pattern);
  return scope.kind === "family" ? scope.family === family : family.startsWith(scope.prefix);
}
