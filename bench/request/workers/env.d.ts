// What each of these Workers is given.
declare namespace Cloudflare {
  interface Env {
    UPSTASH_REDIS_REST_URL: string;
    UPSTASH_REDIS_REST_TOKEN: string;
    /** How many requests of a client may pass in a minute. */
    LIMIT: number;
    /** "true": permits in advance, and values kept in the isolate. */
    IN_PROCESS: string;
  }
}
