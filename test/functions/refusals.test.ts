import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startRedis, type TestRedis } from "../support/redis.ts";
import { createHarness, KEYS, problemOf, type Harness } from "./support/harness.ts";

let redis: TestRedis;
let harness: Harness;

beforeAll(async () => {
  redis = await startRedis();
  harness = createHarness({ redis, prefix: `${redis.prefix}refusals` });
});
afterAll(async () => redis.close());

const MIB = 1_048_576;
const JSON_TYPE = { "Content-Type": "application/json" };
const bearer = (key: string) => ({ Authorization: `Bearer ${key}` });

/** A body that says nothing of its length. */
const chunked = (bytes: number): ReadableStream<Uint8Array> => {
  let left = bytes;
  return new ReadableStream({
    pull(controller) {
      if (left <= 0) return controller.close();
      const size = Math.min(left, 65_536);
      left -= size;
      return controller.enqueue(new Uint8Array(size).fill(0x20));
    },
  });
};

interface Init extends Omit<RequestInit, "headers"> {
  headers?: Record<string, string>;
}
const post = (init: Init) =>
  harness.request("/v1/products", {
    method: "POST",
    ...init,
    headers: { ...bearer(KEYS.all), ...JSON_TYPE, ...init.headers },
  });

describe("a request that is wrong in every way is refused", () => {
  // Each mends what the one before was refused for; `wrong` stays wrong to the end.
  const wrong = { method: "POST", body: " ".repeat(MIB + 1), headers: { "Content-Type": "text/plain" } };
  const known = "/v1/products";

  test.each<[number, string, string, RequestInit]>([
    [404, "not-found", "/v1/nothing", { ...wrong, method: "BREW" }],
    [405, "method-not-allowed", known, { ...wrong, method: "PUT" }],
    [401, "unauthorized", known, wrong],
    [403, "forbidden", known, { ...wrong, headers: { ...wrong.headers, ...bearer(KEYS.cache) } }],
    [413, "content-too-large", known, { ...wrong, headers: { ...wrong.headers, ...bearer(KEYS.all) } }],
    [
      415,
      "unsupported-media-type",
      known,
      { ...wrong, body: "{", headers: { ...wrong.headers, ...bearer(KEYS.all) } },
    ],
    [400, "bad-request", known, { ...wrong, body: "{", headers: { ...JSON_TYPE, ...bearer(KEYS.all) } }],
  ])("with %i %s first", async (status, slug, path, init) => {
    const response = await harness.request(path, init);
    expect(response.status).toBe(status);
    const body = await problemOf(response);
    expect(body.type).toBe(`https://github.com/sedge-redis/sedge/blob/main/docs/errors.md#${slug}`);
    expect(body.status).toBe(status);
    expect(body.title).toBeTruthy();
    expect(body.instance).toBe(response.headers.get("X-Request-Id"));
    expect(response.headers.get("Server-Timing")).toMatch(/^redis;dur=/);
  });

  test("with a bad name in the path only after its key, size and type were good", async () => {
    const path = "/v1/products/%20";
    const patch = (headers: Record<string, string>, body = "{}") =>
      harness.request(path, { method: "PATCH", body, headers });
    expect((await patch({})).status).toBe(401);
    expect((await patch(bearer(KEYS.cache))).status).toBe(403);
    expect((await patch(bearer(KEYS.all), " ".repeat(MIB + 1))).status).toBe(413);
    expect((await patch({ ...bearer(KEYS.all), "Content-Type": "text/plain" })).status).toBe(415);
    expect((await patch({ ...bearer(KEYS.all), ...JSON_TYPE })).status).toBe(400);
  });
});

describe("a body", () => {
  test("of more than 1 MiB without a length is a 413, and is not read to its end", async () => {
    let pulled = 0;
    const long = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (pulled >= 64 * MIB) return controller.close();
        pulled += 65_536;
        return controller.enqueue(new Uint8Array(65_536).fill(0x20));
      },
    });
    const response = await post({ body: long, duplex: "half" } as Init);
    expect(response.status).toBe(413);
    expect(pulled).toBeLessThan(20 * MIB);
  });

  test("whose Content-Length is more than 1 MiB is a 413 unread", async () => {
    expect((await post({ body: "{}", headers: { "Content-Length": String(MIB + 1) } })).status).toBe(413);
  });

  test("of more than its Content-Length says is a 413", async () => {
    const init = { body: chunked(MIB + 1), duplex: "half", headers: { "Content-Length": "10" } };
    expect((await post(init as Init)).status).toBe(413);
  });

  test("of exactly 1 MiB is read", async () => {
    const product = JSON.stringify({ name: "Brass lamp", price: 1, category: "lamps" });
    expect((await post({ body: product.padEnd(MIB) })).status).toBe(201);
    expect((await post({ body: product.padEnd(MIB + 1) })).status).toBe(413);
  });

  test("with a charset or in capitals is JSON too", async () => {
    for (const type of ["application/json; charset=utf-8", "Application/JSON"]) {
      const response = await post({ body: "{}", headers: { "Content-Type": type } });
      expect((await problemOf(response)).errors).toHaveLength(3);
    }
  });

  test.each(["text/plain", "application/x-www-form-urlencoded", "application/jsonx", "application/ld+json"])(
    "of type %s is a 415",
    async (type) => {
      expect((await post({ body: "{}", headers: { "Content-Type": type } })).status).toBe(415);
    },
  );

  test("of another type is a 415 also where it is empty: 415 comes before 400", async () => {
    expect((await post({ body: "", headers: { "Content-Type": "text/plain" } })).status).toBe(415);
  });

  test.each<[string, BodyInit | null, string]>([
    ["none", null, "A JSON body is needed."],
    ["an empty one", "", "A JSON body is needed."],
    ["one that is cut short", '{"name": "', "The body is not JSON."],
    ["one that is no UTF-8", new Uint8Array([0x22, 0xff, 0x22]), "The body is not UTF-8."],
  ])("that is %s is a 400 that says so", async (_, body, detail) => {
    const response = await post({ body });
    expect(response.status).toBe(400);
    expect((await problemOf(response)).detail).toBe(detail);
  });

  test("that breaks off is a 400 that says so, and no fault in the log", async () => {
    const logged = harness.logs.length;
    const body = new ReadableStream({
      pull: (controller) => controller.error(new TypeError("Network connection lost.")),
    });
    const init = { body, duplex: "half" };
    const response = await post(init);
    expect(response.status).toBe(400);
    expect((await problemOf(response)).detail).toBe("The body broke off.");
    expect(harness.logs.slice(logged)).toEqual([]);
  });
});

describe("methods", () => {
  const routes = [
    ["/v1/products", "GET, HEAD, POST, OPTIONS"],
    ["/v1/products/1", "GET, HEAD, PATCH, DELETE, OPTIONS"],
    ["/v1/cache/invalidations", "POST, OPTIONS"],
    ["/healthz", "GET, HEAD, OPTIONS"],
    ["/readyz", "GET, HEAD, OPTIONS"],
  ];

  test.each(routes)("OPTIONS %s answers 204 with Allow: %s", async (path, allow) => {
    const response = await harness.request(path, { method: "OPTIONS" });
    expect(response.status).toBe(204);
    expect(response.headers.get("Allow")).toBe(allow);
  });

  test.each(routes)("a method that %s has not is a 405 with Allow: %s", async (path, allow) => {
    for (const method of ["PUT", "BREW"]) {
      const response = await harness.request(path, { method });
      expect(response.status).toBe(405);
      expect(response.headers.get("Allow")).toBe(allow);
    }
  });

  test.each(routes.filter(([, allow]) => allow?.includes("HEAD")))("HEAD %s answers as GET", async (path) => {
    const [get, head] = [await harness.request(path), await harness.request(path, { method: "HEAD" })];
    expect(head.status).toBe(get.status);
    expect(head.headers.get("Content-Type")).toBe(get.headers.get("Content-Type"));
    expect(await head.text()).toBe("");
  });

  test("HEAD where there is only POST is a 405", async () => {
    expect((await harness.request("/v1/cache/invalidations", { method: "HEAD" })).status).toBe(405);
  });

  test.each(["/v1", "/v1/product", "/v1/products/1/reviews", "/v1/products/", "/nothing"])(
    "%s is no route, for OPTIONS neither",
    async (path) => {
      for (const method of ["GET", "OPTIONS", "POST"]) {
        expect((await harness.request(path, { method })).status).toBe(404);
      }
    },
  );
});

describe("no error repeats what was sent", () => {
  const SECRET = "sk_live_51Hq3tnvalue";
  const value = fc.oneof(
    fc.constant<unknown>(SECRET),
    fc.constant<unknown>([SECRET]),
    fc.constant<unknown>({ nested: SECRET }),
    fc.constant<unknown>(`${SECRET}\u0000`),
    fc.jsonValue(),
  );
  const field = fc.constantFrom("name", "price", "category", "keys", "tags", "pattern", "cursor", "colour");
  const bad = fc.oneof(
    fc
      .dictionary(field, value)
      .map((body) => JSON.stringify({ ...body, price: SECRET, keys: [SECRET, " "] })),
    fc.constantFrom(SECRET, `"${SECRET}"`, `{"name": "${SECRET}`, `{"${SECRET} ": 1}`, `["${SECRET}"]`),
  );

  test("of a body, whatever is wrong with it", async () => {
    const target = fc.constantFrom(
      ["POST", "/v1/products"],
      ["PATCH", "/v1/products/1"],
      ["POST", "/v1/cache/invalidations"],
    );
    await fc.assert(
      fc.asyncProperty(target, bad, async ([method = "", path = ""], body) => {
        const response = await harness.send(method, path, body);
        expect(response.status).toBe(400);
        expect(await response.text()).not.toContain(SECRET);
      }),
      { numRuns: 150 },
    );
  });

  test("of a path, a query, a header or a key", async () => {
    const requests: [string, RequestInit][] = [
      [`/v1/products/${SECRET}%20`, {}],
      [`/v1/products/${SECRET}`, {}],
      [`/v1/products?limit=${SECRET}&cursor=${SECRET}&category=${SECRET}%20`, {}],
      [`/v1/${SECRET}`, {}],
      ["/v1/products", { method: "POST", headers: bearer(SECRET) }],
      ["/v1/products", { method: "POST", headers: { Authorization: SECRET } }],
      [
        "/v1/products",
        {
          method: "POST",
          body: '{"name":"a","price":1,"category":"b"}',
          headers: { ...bearer(KEYS.all), ...JSON_TYPE, "Idempotency-Key": `${SECRET}\u00e9` },
        },
      ],
    ];
    for (const [path, init] of requests) {
      const response = await harness.request(path, init);
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(await response.text()).not.toContain(SECRET);
      expect(JSON.stringify([...response.headers])).not.toContain(SECRET);
    }
    expect(JSON.stringify(harness.logs)).not.toContain(SECRET);
  });

  test("nor does a 500, or its log line", async () => {
    const failing = createHarness({
      redis,
      prefix: `${redis.prefix}refusals-500`,
      adapt: () => {
        throw new SyntaxError(`Unexpected token in "${SECRET}"`);
      },
    });
    const response = await failing.request(`/v1/products/${SECRET}`);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain(SECRET);
    expect(response.headers.get("X-Request-Id")).toBeTruthy();
  });
});
