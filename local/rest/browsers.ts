// The default token is known to everyone, so with it a web page that the developer happens to visit could call this server.

import { isLoopback } from "./loopback.ts";

const OWN_SITES: ReadonlySet<string | null> = new Set([null, "none", "same-origin"]);

/**
 * Says whether a request may come from a web page that is not this server's own: one from another site
 * (`Sec-Fetch-Site`, or a foreign `Origin`), or one whose name was made to resolve to this machine (a `Host` that is
 * not loopback). Programs send none of these headers, or their own address.
 */
export function isForeignPage(header: (name: string) => string | null): boolean {
  const host = header("host");
  if (host !== null && !isLoopback(hostname(host))) return true;
  if (!OWN_SITES.has(header("sec-fetch-site"))) return true;
  const origin = header("origin");
  return origin !== null && origin !== `http://${host}`;
}

function hostname(host: string): string {
  return host.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
}
