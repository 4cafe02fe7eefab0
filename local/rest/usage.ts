// How the command is used.

export const USAGE = `A Redis for development, over Upstash's REST protocol: until Ctrl-C. The environment sets it up:
  REDIS_REST_PORT           where it listens; 0 takes a free port (8079)
  REDIS_REST_HOST           on which address (127.0.0.1)
  UPSTASH_REDIS_REST_TOKEN  what callers must present (local)
  SEDGE_STATE               where data is kept (.sedge)
  REDIS_URL                 a Redis, Valkey or Cluster to stand before, as redis://127.0.0.1:6379 (one of its own)`;
