import { describe, expect, it } from "vitest";
import { readSettings } from "../../../local/dev/settings.ts";

const SHA256 = "a".repeat(64);

const read = (env: Record<string, string>) => readSettings(env, "/home/me/sedge");

describe("npm run dev", () => {
  it("runs the Worker on 8787, an embedded Redis on 8079 and the cron each minute when nothing is set", () => {
    expect(read({})).toMatchObject({
      port: 8787,
      redis: { kind: "local", host: "127.0.0.1", port: 8079, token: "local", redisUrl: undefined },
      stateDir: "/home/me/sedge/.sedge",
      limits: "development",
      cronEverySeconds: 60,
    });
  });

  it("takes every variable", () => {
    const env = {
      PORT: "9000",
      REDIS_REST_PORT: "9001",
      REDIS_URL: "redis://127.0.0.1:6379",
      UPSTASH_REDIS_REST_TOKEN: "mine",
      SEDGE_STATE: "/var/sedge",
      LIMITS: "production",
      CRON_EVERY_SECONDS: "5",
    };
    expect(read(env)).toMatchObject({
      port: 9000,
      redis: { kind: "local", port: 9001, token: "mine", redisUrl: "redis://127.0.0.1:6379" },
      stateDir: "/var/sedge",
      limits: "production",
      cronEverySeconds: 5,
    });
  });

  it("counts an empty variable as unset", () => {
    const empty = { PORT: "", REDIS_URL: "", UPSTASH_REDIS_REST_URL: "", LIMITS: "", API_KEYS: "" };
    expect(read(empty)).toEqual(read({}));
  });

  it("takes a Cluster by some of its nodes", () => {
    const REDIS_URL = "redis+cluster://127.0.0.1:7000,127.0.0.1:7001";
    expect(read({ REDIS_URL }).redis).toMatchObject({ kind: "local", redisUrl: REDIS_URL });
  });

  it("uses an Upstash database of one's own where its URL and token are given", () => {
    const env = { UPSTASH_REDIS_REST_URL: "https://eu1-x.upstash.io", UPSTASH_REDIS_REST_TOKEN: "t" };
    expect(read(env).redis).toEqual({ kind: "remote", url: "https://eu1-x.upstash.io", token: "t" });
  });

  it.each([
    ["PORT", { PORT: "80a" }, /^PORT must be a whole number from 1 to 65535, not "80a"/],
    ["PORT", { PORT: "65536" }, /^PORT must be/],
    ["PORT", { PORT: "0" }, /^PORT must be/],
    ["REDIS_REST_PORT", { REDIS_REST_PORT: "-1" }, /^REDIS_REST_PORT/],
    ["two ports that are one", { PORT: "9000", REDIS_REST_PORT: "9000" }, /^REDIS_REST_PORT and PORT/],
    ["REDIS_URL", { REDIS_URL: "localhost:6379" }, /^REDIS_URL/],
    ["CRON_EVERY_SECONDS", { CRON_EVERY_SECONDS: "0.5" }, /^CRON_EVERY_SECONDS/],
    ["CRON_EVERY_SECONDS", { CRON_EVERY_SECONDS: "0" }, /^CRON_EVERY_SECONDS/],
    ["LIMITS", { LIMITS: "prod" }, /^LIMITS must be "production" or unset, not "prod"/],
    ["UPSTASH_REDIS_REST_URL", { UPSTASH_REDIS_REST_URL: "eu1-x.upstash.io" }, /^UPSTASH_REDIS_REST_URL/],
    ["a missing token", { UPSTASH_REDIS_REST_URL: "https://x.y" }, /^UPSTASH_REDIS_REST_TOKEN is missing/],
    [
      "two Redis at once",
      { UPSTASH_REDIS_REST_URL: "https://x.y", UPSTASH_REDIS_REST_TOKEN: "t", REDIS_URL: "redis://z" },
      /^REDIS_URL and UPSTASH_REDIS_REST_URL are both set/,
    ],
    ["API_KEYS that are not JSON", { API_KEYS: "{" }, /^API_KEYS is not JSON/],
    ["API_KEYS of another shape", { API_KEYS: '{"ci":"secret-key"}' }, /^API_KEYS must look like/],
    ["a short hash", { API_KEYS: '{"ci":{"sha256":"ab","scopes":[]}}' }, /^API_KEYS must look like/],
    ["API_KEYS as a list", { API_KEYS: "[]" }, /^API_KEYS must look like/],
    [
      "a second key named local",
      { API_KEYS: JSON.stringify({ local: { sha256: SHA256, scopes: [] } }) },
      /^API_KEYS names a key "local"/,
    ],
  ] as [string, Record<string, string>, RegExp][])("says what is wrong with %s", (_, env, message) => {
    expect(() => read(env)).toThrow(message);
  });

  it("never repeats a secret", () => {
    const secrets: Record<string, string>[] = [
      { REDIS_URL: "http://user:s3cret@host" },
      { UPSTASH_REDIS_REST_URL: "ftp://s3cret@host", UPSTASH_REDIS_REST_TOKEN: "s3cret" },
      { UPSTASH_REDIS_REST_TOKEN: "s3cret with spaces" },
      { API_KEYS: "s3cret" },
      { API_KEYS: '{"a":"s3cret"}' },
    ];
    for (const env of secrets) expect(() => read(env)).toThrow(/^(?!.*s3cret)/s);
  });

  it("knows the key sedge-local with every scope, and the environment's keys beside it", () => {
    const ci = { sha256: SHA256, scopes: ["counters:write"] };
    const { apiKeys } = read({ API_KEYS: JSON.stringify({ ci }) });
    expect(JSON.parse(apiKeys)).toEqual({
      ci,
      // printf sedge-local | sha256sum
      local: { sha256: "17db27ae1eb7d1bfd073ddd017d52da0aad9b9bb201b723ed5b56bd51d5676b6", scopes: ["*"] },
    });
  });
});
