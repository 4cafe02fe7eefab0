export { createTokens } from "./tokens.ts";
export type * from "./types.ts";
