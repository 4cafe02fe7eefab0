// Wrangler's output without what nobody asked for. Errors, requests and the Worker's own lines stay.
import { stripVTControlCharacters } from "node:util";

/** Each is a line that wrangler prints at every start and that this runner says better, or does itself. */
const noise: readonly RegExp[] = [
  /^Cloudflare collects anonymous telemetry/,
  /^Using secrets defined in /,
  /^Your Worker has access to the following bindings:/,
  /^Binding\s+Resource\s+Mode/,
  /^env\.\w+ .*\blocal$/,
  /Your types might be out of date/,
  /^\[wrangler:info\] ✨ Parsed \d+ valid (header|redirect) rules?\./,
  /^⎔ (Starting local server|Shutting down local server)/,
  /Scheduled Workers are not automatically triggered/,
  /^To manually trigger a scheduled event, run:/,
  /^curl "http:.*\/cdn-cgi\/handler\/scheduled"/,
  /For more details, see .*#test-cron-triggers-locally/,
  /^\[wrangler:info\] (Ready|Updated and ready) on /,
  // The runner's own question whether the Worker is there.
  /^\[wrangler:info\] HEAD \/healthz /,
  /^\s*$/,
];

/** Whether a person should see this line of wrangler's. */
export function isWorthShowing(line: string): boolean {
  const text = stripVTControlCharacters(line).trim();
  return !noise.some((pattern) => pattern.test(text));
}

/** Whether this line says that wrangler had to start its workerd anew. (After a change of the sources it says it otherwise.) */
export function tellsOfRestart(line: string): boolean {
  return stripVTControlCharacters(line).startsWith("[wrangler:info] Updated and ready on ");
}
