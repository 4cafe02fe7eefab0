import { hc } from "hono/client";
import { afterAll, beforeAll, expect, expectTypeOf, test } from "vitest";
import type { AppType } from "../../functions/app.ts";
import { startRedis, type TestRedis } from "../support/redis.ts";
import { createHarness, KEYS, type Harness } from "./support/harness.ts";

let redis: TestRedis;
let harness: Harness;

beforeAll(async () => {
  redis = await startRedis();
  harness = createHarness({ redis, prefix: `${redis.prefix}client` });
});
afterAll(async () => redis.close());

test("a typed client writes, reads, lists and invalidates", async () => {
  const client = hc<AppType>("http://localhost", {
    fetch: async (input: string | URL | Request, init?: RequestInit) => harness.app.request(input, init),
    headers: { Authorization: `Bearer ${KEYS.all}` },
  });

  const created = await client.v1.products.$post({
    json: { name: "Brass lamp", price: 7_900, category: "lamps" },
  });
  expect(created.status).toBe(201);
  const lamp = await created.json();
  expectTypeOf(lamp.price).toEqualTypeOf<number>();

  const changed = await client.v1.products[":id"].$patch({ param: { id: "1" }, json: { price: 6_900 } });
  expect((await changed.json()).price).toBe(6_900);

  const read = await client.v1.products[":id"].$get({ param: { id: "1" } });
  const product = await read.json();
  expectTypeOf(product).toEqualTypeOf<typeof lamp>();
  expect(product).toEqual({ ...lamp, price: 6_900, updatedAt: product.updatedAt });

  const list = await client.v1.products.$get({ query: { category: "lamps", limit: "5" } });
  const { items, next } = await list.json();
  expectTypeOf(next).toEqualTypeOf<string | null>();
  expect(items).toEqual([product]);

  const invalidated = await client.v1.cache.invalidations.$post({ json: { tags: ["products"] } });
  expect(await invalidated.json()).toEqual({ deleted: 0, tags: 1, next: null });

  expect((await (await client.healthz.$get()).json()).status).toBe("ok");
  expect((await client.v1.products[":id"].$delete({ param: { id: "1" } })).status).toBe(204);

  // @ts-expect-error: a product's price is a number
  void (() => client.v1.products.$post({ json: { name: "", price: "7", category: "" } }));
});
