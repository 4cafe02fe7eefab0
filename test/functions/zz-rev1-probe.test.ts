import { afterAll, beforeAll, expect, test } from "vitest";
import { startRedis, type TestRedis } from "../support/redis.ts";
import { createHarness, KEYS } from "./support/harness.ts";
let redis: TestRedis;
beforeAll(async () => { redis = await startRedis(); });
afterAll(async () => redis.close());
const auth = { Authorization: `Bearer ${KEYS.all}` };
test("probe", async () => {
  const h = createHarness({ redis, prefix: `${redis.prefix}a`, env: { WEBHOOKS_LOCAL: "true" }, redisTimeoutMs: 500 });
  const made = await (await h.send("POST", "/v1/subscriptions", { pattern: "x:*", url: "http://127.0.0.1:1/" })).json<{ id: string }>();
  await h.send("PATCH", `/v1/subscriptions/${made.id}`, { status: "paused" });
  const ev = JSON.stringify({ id: "1-1", channel: "x:1", type: null, key: null, data: "a".repeat(262_000), at: "2026-11-01T00:00:00.000Z" });
  for (let i = 0; i < 200; i++) await redis.engine.execute(["XADD", `${redis.prefix}a:{pubsub}:sub:${made.id}:dead`, "*", "id", `1-${i+1}`, "attempts", "8", "status", "500", "event", ev.replace('"1-1"', `"1-${i+1}"`), "at", "1795374597824"]).catch((e) => { console.log(e); });
  for (const limit of [20, 100]) {
    const t = performance.now();
    const r = await h.app.request(`/v1/subscriptions/${made.id}/dead?limit=${limit}`, { headers: auth }, h.env as never, {waitUntil(){},passThroughOnException(){}} as never);
    const b = await r.text();
    console.log("limit", limit, r.status, b.length, Math.round(performance.now() - t), "ms");
  }
  const t = performance.now();
  const r = await h.app.request(`/v1/subscriptions/${made.id}/dead/replay`, { method: "POST", headers: auth }, h.env as never, {waitUntil(){},passThroughOnException(){}} as never);
  console.log("replay", r.status, (await r.text()).slice(0, 100), Math.round(performance.now() - t), "ms");
  for (const l of h.logs) console.log(JSON.stringify({ ...l, error: l.error instanceof Error ? l.error.name + l.error.message : l.error }));
}, 60_000);
