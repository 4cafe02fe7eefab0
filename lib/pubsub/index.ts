export { EventTooLargeError } from "./events.ts";
export { createMatcher } from "./glob.ts";
export { isPosition } from "./ids.ts";
export { createLive } from "./live/index.ts";
export type * from "./live/types.ts";
export { createEventLog } from "./log.ts";
export {
  createReadTokens,
  MAX_TOKEN_TTL_SECONDS,
  type IssuedReadToken,
  type Permission,
  type ReadTokens,
  type ReadTokensOptions,
} from "./read-tokens.ts";
export { PUBSUB_SCRIPTS } from "./scripts.ts";
export type * from "./types.ts";
export { createSubscriptions, SUBSCRIPTION_SCRIPTS } from "./subscriptions/index.ts";
export type * from "./subscriptions/types.ts";
export { createDispatcher, DISPATCH_SCRIPTS } from "./dispatch/index.ts";
export type * from "./dispatch/types.ts";
