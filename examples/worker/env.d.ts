// What wrangler.toml says that there is.
declare namespace Cloudflare {
  interface Env {
    UPSTASH_REDIS_REST_URL: string;
    UPSTASH_REDIS_REST_TOKEN: string;
    KEY_PREFIX: string;
    /** "true" under `npm run dev`, where there is no https; nothing deployed has it. */
    DEVELOPMENT?: string;
  }
}
