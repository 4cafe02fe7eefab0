export { createQueues } from "./queues.ts";
export { isDeadCursor } from "./receipt.ts";
export { QUEUE_SCRIPTS } from "./scripts.ts";
export { MAX_BODY_BYTES, MessageTooLargeError } from "./send.ts";
export type * from "./types.ts";
