// What the local Redis says of itself when it starts.

import { resolve } from "node:path";
import { DEFAULT_TOKEN } from "./app.ts";

export interface Running {
  url: string;
  token: string;
  /** The engine's own description. */
  engine: string;
  /** Where data is kept; null where it is not kept here. */
  stateDir: string | null;
}

/** The lines that say where the server is, what stands behind it, and how to change that. A token of one's own is not shown. */
export function describeRedis({ url, token, engine, stateDir }: Running): string[] {
  const shownToken = token === DEFAULT_TOKEN ? DEFAULT_TOKEN : "your own, from UPSTASH_REDIS_REST_TOKEN";
  const lines = [
    `Redis over REST (Upstash's protocol): ${url}`,
    `  token   ${shownToken}`,
    `  engine  ${engine}`,
  ];
  if (stateDir === null) return [...lines, "  data    kept by that Redis"];
  return [
    ...lines,
    `  data    ${resolve(stateDir)} (SEDGE_STATE), kept across restarts`,
    "  For a real Redis instead: REDIS_URL=redis://127.0.0.1:6379 in the environment",
  ];
}
