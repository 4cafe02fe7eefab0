import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startRedis, type TestRedis } from "../support/redis.ts";
import { createHarness, type Harness } from "./support/harness.ts";

let redis: TestRedis;
let harness: Harness;

beforeAll(async () => {
  redis = await startRedis();
  harness = createHarness({ redis, prefix: `${redis.prefix}headers` });
});
afterAll(async () => redis.close());

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describe("X-Request-Id", () => {
  test("is Cloudflare's ray", async () => {
    const response = await harness.request("/healthz", { headers: { "CF-Ray": "8f3a6d1c2b4e5f60-FRA" } });
    expect(response.headers.get("X-Request-Id")).toBe("8f3a6d1c2b4e5f60-FRA");
  });

  test.each(["", "me", "8f3a6d1c2b4e5f60-FRA<script>", "8F3A6D1C2B4E5F60"])(
    "is our own where %j is sent for it",
    async (ray) => {
      const headers = { "CF-Ray": ray, "X-Request-Id": "mine" };
      const response = await harness.request("/healthz", { headers });
      expect(response.headers.get("X-Request-Id")).toMatch(UUID);
    },
  );

  test("stands on every kind of answer, another on each", async () => {
    const paths = ["/healthz", "/readyz", "/v1/products", "/v1/products/1", "/nothing"];
    const ids = await Promise.all(
      ["GET", "HEAD", "OPTIONS", "PUT"].flatMap((method) =>
        paths.map(async (path) => (await harness.request(path, { method })).headers.get("X-Request-Id")),
      ),
    );
    for (const id of ids) expect(id).toMatch(UUID);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

test("X-Content-Type-Options: nosniff stands on every kind of answer: what a caller wrote is no page and no script", async () => {
  const broken = createHarness({ redis, prefix: "not a prefix" });
  const answers = [
    ...["/healthz", "/readyz", "/v1/products", "/v1/products/404", "/v1/counters/x", "/nothing"].flatMap(
      (path) => ["GET", "HEAD", "OPTIONS", "PUT"].map((method) => harness.request(path, { method })),
    ),
    harness.send("POST", "/v1/channels/sniffed/events", { data: "<script>" }),
    harness.send("POST", "/v1/channels/sniffed/events", "no event"),
    Promise.resolve(broken.app.request("/healthz")),
  ];
  for (const { headers, status } of await Promise.all(answers)) {
    expect(headers.get("X-Content-Type-Options"), String(status)).toBe("nosniff");
  }
});

describe("Server-Timing", () => {
  test("stands on every answer below /v1, and on no other", async () => {
    for (const [path, method] of [
      ["/v1/products", "GET"],
      ["/v1/products", "HEAD"],
      ["/v1/products", "OPTIONS"],
      ["/v1/products", "PUT"],
      ["/v1/products", "POST"],
      ["/v1/nothing", "GET"],
    ] as const) {
      const response = await harness.request(path, { method });
      expect(response.headers.get("Server-Timing")).toMatch(
        /^redis;dur=\d+\.\d;desc="trips=\d commands=\d"$/,
      );
    }
    expect((await harness.request("/healthz")).headers.get("Server-Timing")).toBeNull();
  });
});

interface Init extends Omit<RequestInit, "headers"> {
  headers?: Record<string, string>;
}
const from = (origin: string, init: Init = {}): Init => ({
  ...init,
  headers: { Origin: origin, ...init.headers },
});

describe("a browser on another origin", () => {
  const preflight = {
    method: "OPTIONS",
    headers: { "Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "authorization" },
  };

  test("that is allowed reads answers, errors too, and the headers that matter", async () => {
    for (const path of ["/v1/products", "/v1/nothing", "/v1/products/404"]) {
      const response = await harness.request(path, from("https://admin.example"));
      expect(response.headers.get("Access-Control-Allow-Origin")).toBe("https://admin.example");
      expect(response.headers.get("Access-Control-Expose-Headers")).toContain("Cache-Status");
    }
  });

  test("that is allowed may send what its preflight asks for", async () => {
    const response = await harness.request("/v1/products/1", from("https://shop.example", preflight));
    expect(response.status).toBe(204);
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe("https://shop.example");
    expect(response.headers.get("Access-Control-Allow-Methods")).toContain("PATCH");
    const allowed = response.headers.get("Access-Control-Allow-Headers")?.split(", ");
    expect(allowed).toEqual(expect.arrayContaining(["Authorization", "Idempotency-Key", "If-Match"]));
    expect(response.headers.get("Access-Control-Max-Age")).toBe("600");
  });

  test.each(["https://evil.example", "https://shop.example.evil.example", "http://shop.example", "null"])(
    "that is %s reads nothing",
    async (origin) => {
      for (const init of [{}, preflight]) {
        const response = await harness.request("/v1/products", from(origin, init));
        expect([...response.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
      }
    },
  );

  test("makes answers differ, and caches are told", async () => {
    for (const init of [{}, from("https://shop.example"), from("https://shop.example", preflight)]) {
      expect((await harness.request("/v1/products", init)).headers.get("Vary")).toBe("Origin");
    }
  });
});
