// What wrangler.toml and .dev.vars say that there is; `npx wrangler types` writes the same.
declare namespace Cloudflare {
  interface Env {
    UPSTASH_REDIS_REST_URL: string;
    UPSTASH_REDIS_REST_TOKEN: string;
    KEY_PREFIX: string;
    DEVELOPMENT?: string;
  }
}
