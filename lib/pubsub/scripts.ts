// The scripts of the log, for the tests that look at all of them.

import { LOOK } from "./look.ts";
import { PUBLISH } from "./publish.ts";
import { TRIM } from "./retention.ts";

export const PUBSUB_SCRIPTS = [PUBLISH, LOOK, TRIM] as const;
