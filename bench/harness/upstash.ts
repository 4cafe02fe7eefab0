// What the peers are given to reach Redis by: @upstash/redis, of the version the project uses.

import { Redis, type RedisConfigCloudflare } from "@upstash/redis/cloudflare";
import type { Gateway } from "./gateway-client.ts";

export type { Redis };

/**
 * A client as a Worker would make it, one per isolate: pipelining by itself, no telemetry, no retries, and answers as text,
 * as Sedge asks for them, because base64 costs processor time.
 * @param more for a library that serializes by itself: `{ automaticDeserialization: false }`
 */
export function openUpstash(
  { url, token }: Pick<Gateway, "url" | "token">,
  more: Partial<RedisConfigCloudflare> = {},
): Redis {
  return new Redis({
    url,
    token,
    enableAutoPipelining: true,
    enableTelemetry: false,
    responseEncoding: false,
    retry: { retries: 0 },
    ...more,
  });
}
