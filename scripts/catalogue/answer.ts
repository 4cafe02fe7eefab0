// What an answer's headers say of how it came about.

/** Where reads are answered from, in the order of the report. */
export const SOURCES = [
  "hit",
  "miss",
  "stale",
  "bypass, redis-unavailable",
  "bypass, write-in-progress",
  "unknown",
] as const;

export type Source = (typeof SOURCES)[number];

export interface RedisUse {
  trips: number;
  commands: number;
}

/** Reads `Cache-Status` (RFC 9211): `sedge; hit; ttl=240`, `sedge; fwd=bypass; detail=redis-unavailable` … */
export function sourceOf(cacheStatus: string | null): Source {
  const [, verdict = "", detail = ""] = (cacheStatus ?? "").split(";").map((part) => part.trim());
  const forwarded = verdict.replace(/^fwd=/, "");
  const name = forwarded === "bypass" ? `bypass, ${detail.replace(/^detail=/, "")}` : forwarded;
  return SOURCES.find((source) => source === name) ?? "unknown";
}

/** Reads `Server-Timing: redis;dur=12.3;desc="trips=1 commands=4"`. Without such an entry Redis was not used. */
export function redisUseOf(serverTiming: string | null): RedisUse {
  const [, trips = 0, commands = 0] =
    /\bredis;[^,]*desc="trips=(\d+) commands=(\d+)"/.exec(serverTiming ?? "") ?? [];
  return { trips: Number(trips), commands: Number(commands) };
}
