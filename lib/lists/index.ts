export { createHistory, HISTORY_SCRIPTS } from "./history/index.ts";
export type { History, HistoryOptions } from "./history/index.ts";
export {
  createQueues,
  isDeadCursor,
  MAX_BODY_BYTES,
  MessageTooLargeError,
  QUEUE_SCRIPTS,
} from "./queue/index.ts";
export type {
  DeadMessage,
  NewMessage,
  NotHeld,
  QueueMetrics,
  Queues,
  QueuesOptions,
  ReceivedMessage,
  ReceiveOptions,
  Sent,
} from "./queue/index.ts";
