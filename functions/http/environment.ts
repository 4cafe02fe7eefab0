// What every handler finds in its context.

import type { SessionVariables } from "../../lib/hono/index.ts";
import type { Caller } from "../keys.ts";
import type { Services } from "../services.ts";

export interface AppEnv {
  Bindings: Env;
  /** The session is there below /v1; who is signed in, on the routes behind `requireUser`. */
  Variables: SessionVariables & {
    /** Names the request in logs and errors. */
    requestId: string;
    services: Services;
    /** Whose key it is, also where its scopes do not suffice; there on the routes behind `requireScope`. */
    caller: Caller;
  };
}
