// Who takes part in the whole request, and how.

import { nameAndVersion } from "../harness/versions.ts";

export function text(): string {
  const [session, cacheable, bentocache] = ["@hono/session", "cacheable", "bentocache"].map(nameAndVersion);
  const [ratelimit, upstash, hono] = ["@upstash/ratelimit", "@upstash/redis", "hono"].map(nameAndVersion);
  return `
Each Worker is one file in [bench/request/workers](../bench/request/workers), bundled by \`wrangler deploy --dry-run\`, in a workerd
of its own. Before anything is measured each must refuse (429) under a limit of four, Sedge the fifth request, the others at the
latest a window later; refuse a cookie whose session is gone (401); answer a second read from the cache; and not serve what one
of its tags was invalidated for.

- *Sedge*: the middleware as the README has it; a sliding window, one client for each request, time-outs of 5 s, so that a busy machine
  is no outage. Where the isolate may keep something it holds permits (1,000 at most, 2 s) and values (1 s); the session is read each
  time.
- *Peers*: ${ratelimit} (sliding window), ${session} and ${cacheable} on ${upstash} and ${hono}, all three asked at once by
  \`Promise.all\`, on one client for the isolate that pipelines by itself, without base64. Each is what is fastest with everything in Redis: hono-sessions
  waits for the session before anything else starts; bentocache asks for one tag after the other (4 trips for 3 tags, 7 before
  their first invalidation, where cacheable makes 3); cachified has no tags. With values in the isolate ${bentocache} is: it keeps
  tags there too, so that an isolate does not see what another has invalidated before the entry's end: a Worker has no bus to tell
  it by. Its limit is then a cachedFixedWindow, which counts in the isolate and tells Redis behind the answer: what other isolates
  let pass it does not see.
- *By hand*: ${hono} and ${upstash}, one explicit pipeline of 4 commands: INCR and EXPIRE (fixed window), GETEX, MGET of entry and
  tags' versions. What it leaves out: a refused request takes quota and renews the session; each reader of a cold key loads; nothing
  bounds the time that a Redis away may take; no absolute end, rotation, or list of sessions.
`;
}
