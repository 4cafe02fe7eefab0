// What every handler finds in its context.

import type { Caller } from "../keys.ts";
import type { Services } from "../services.ts";

export interface AppEnv {
  Bindings: Env;
  Variables: {
    /** Names the request in logs and errors. */
    requestId: string;
    services: Services;
    /** Who called; set by `requireScope`, and there on the routes behind it. */
    caller: Caller;
  };
}
