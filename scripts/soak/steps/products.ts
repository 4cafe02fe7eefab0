// Cache-aside: reads, writes that the next read must show, invalidations.

import { pick, type Step, type Visitor } from "../visitor.ts";

interface Product {
  id: number;
  price: number;
}

const SEEDED = 500;
const CATEGORIES = ["kitchen", "furniture", "lighting", "garden", "books"];
const NOT_MODIFIED = 304;
const GONE = 404;
/** A cached answer's, its lease's and its mark's keys bear its name. */
const cached = ({ ledger }: Visitor, name: string): void => ledger.add("cached", name);

const read = async (visitor: Visitor, id: number, also: readonly number[] = [], etag?: string) => {
  cached(visitor, `product:${id}`);
  return visitor.api.call<Product>("GET", `/v1/products/${id}`, {
    also,
    ...(etag !== undefined && { headers: { "if-none-match": etag } }),
  });
};

/** The few that are read often, mostly. */
const popular = ({ random }: Visitor): number => 1 + Math.floor(random() ** 3 * SEEDED);

export const readProduct: Step = async (visitor) => {
  const id = popular(visitor);
  const { headers } = await read(visitor, id);
  if (visitor.random() > 0.2) return;
  await read(visitor, id, [NOT_MODIFIED], headers.get("etag") ?? "");
};

export const listProducts: Step = async (visitor) => {
  const category = pick(visitor, CATEGORIES);
  cached(visitor, `products:${category}`);
  await visitor.api.call("GET", `/v1/products?category=${category}&limit=20`);
};

export const writeProduct: Step = async (visitor) => {
  const { api, ledger, name, next, expect } = visitor;
  const key = `${name}-product-${next()}`;
  const body = { name: "Soak test", price: 1_000, category: pick(visitor, CATEGORIES) };
  const create = () =>
    api.call<Product>("POST", "/v1/products", { body, headers: { "idempotency-key": key } });
  const created = await create();
  ledger.add("idempotency", key, 86_400);
  const { id } = created.body;
  expect("a call that is repeated makes no second product", (await create()).body.id === id);
  await read(visitor, id);
  await api.call("PATCH", `/v1/products/${id}`, { body: { price: 2_000 } });
  expect("a read after a write shows it", (await read(visitor, id)).body.price === 2_000);
  await api.call("DELETE", `/v1/products/${id}`);
  expect("a product that was deleted is gone", (await read(visitor, id, [GONE])).status === GONE);
};

export const invalidate: Step = async (visitor) => {
  const body = pick(visitor, [
    { keys: [`product:${popular(visitor)}`] },
    { tags: [`category:${pick(visitor, CATEGORIES)}`] },
    { pattern: "product:1?" },
  ]);
  await visitor.api.call("POST", "/v1/cache/invalidations", { body });
};
