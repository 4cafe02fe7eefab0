// The typed client of the API, for whoever calls it from TypeScript.

import { hc, type ClientRequestOptions } from "hono/client";
import type { AppType } from "./app.ts";

/**
 * A client that knows every route, what it takes and what it answers, of a Sedge that runs at `url`:
 *
 * ```ts
 * const sedge = createClient("https://sedge.example.com", { headers: { Authorization: `Bearer ${key}` } });
 * const answer = await sedge.v1.counters[":name"].$get({ param: { name: "visits" } });
 * if (answer.ok) console.log((await answer.json()).value);
 * ```
 *
 * The types are those of a success: any answer may be a problem, so look at `ok` first.
 *
 * @param options as Hono's `hc` takes them: `headers`, a `fetch` of one's own
 * @throws nothing itself; a call rejects where `fetch` does
 *
 * Cost: that of the route.
 */
// Its type is left to be inferred: so the declaration of this file has it written out, and needs nothing of this Worker's code.
export function createClient(url: string, options?: ClientRequestOptions) {
  return hc<AppType>(url, options);
}
