import { describe, expect, it } from "vitest";
import { banner } from "../../../local/dev/banner.ts";
import { readSettings } from "../../../local/dev/settings.ts";

function show(env: Record<string, string>, engine: string | null): string {
  const settings = readSettings(env, "/home/me/sedge");
  const redisUrl = settings.redis.kind === "remote" ? settings.redis.url : "http://127.0.0.1:8079";
  return banner({ settings, workerUrl: "http://localhost:8787", redisUrl, engine, cwd: "/home/me/sedge" });
}

describe("the first lines of npm run dev", () => {
  it("say what runs where, and what to do with it", () => {
    expect(show({}, "embedded (js-redis-server 0.3.0)")).toMatchInlineSnapshot(`
      "Sedge runs; Ctrl-C ends all of it.
        Worker      http://localhost:8787 (wrangler dev; reloads when the sources change)
        Redis REST  http://127.0.0.1:8079 (token: local)
        Engine      embedded (js-redis-server 0.3.0)
        Data        .sedge, kept across restarts (SEDGE_STATE moves it)
        Real Redis  REDIS_URL=redis://127.0.0.1:6379 npm run dev
        D1          .sedge/worker, migrated and seeded
        Cron        fires the scheduled function every 60 s
        Mail        is not sent: each is shown here, with the file of its text
        Limits      a thousand times as wide (LIMITS=production: the real ones)
        API key     sedge-local (every scope)
        Try         curl -i http://localhost:8787/v1/products/1"
    `);
  });

  it("say which Redis stands behind the REST server, and how to leave it", () => {
    const text = show({ REDIS_URL: "redis://127.0.0.1:6379" }, "redis://127.0.0.1:6379 (Redis 7.0.15)");
    expect(text).toContain("redis://127.0.0.1:6379 (Redis 7.0.15) (unset REDIS_URL for the embedded one)");
    expect(text).not.toContain("Data ");
  });

  it("show no token of one's own", () => {
    const env = { UPSTASH_REDIS_REST_URL: "https://eu1-x.upstash.io", UPSTASH_REDIS_REST_TOKEN: "s3cret" };
    expect(show(env, null)).toContain(
      "https://eu1-x.upstash.io (token: your own, from UPSTASH_REDIS_REST_TOKEN)",
    );
    expect(show(env, null)).not.toContain("s3cret");
  });

  it("show a state directory elsewhere in full", () => {
    expect(show({ SEDGE_STATE: "/var/sedge" }, "embedded")).toContain("/var/sedge, kept across restarts");
  });
});
