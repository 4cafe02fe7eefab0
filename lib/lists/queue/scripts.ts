// All scripts of queues, for tests.

import { DEAD, PURGE, REDRIVE } from "./dead-lua.ts";
import { METRICS } from "./metrics.ts";
import { ACK, EXTEND, RECEIVE } from "./receive-lua.ts";
import { SEND } from "./send-lua.ts";

export const QUEUE_SCRIPTS = [SEND, RECEIVE, ACK, EXTEND, METRICS, DEAD, REDRIVE, PURGE] as const;
