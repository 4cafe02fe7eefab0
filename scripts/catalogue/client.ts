// The catalogue over HTTP, with what each answer cost.

import { type RedisUse, redisUseOf, type Source, sourceOf } from "./answer.ts";

export interface Product {
  id: number;
  name: string;
  price: number;
  category: string;
}

export interface Answer<T> extends RedisUse {
  body: T;
  source: Source;
  milliseconds: number;
}

export interface CatalogueClient {
  product: (id: number) => Promise<Answer<Product>>;
  products: (query: string) => Promise<Answer<{ items: Product[]; next: string | null }>>;
  /** Rejects with Refused where Redis is away: nothing was written then. */
  changePrice: (id: number, price: number) => Promise<Answer<Product>>;
}

/** The Worker would not do it without Redis (503). */
export class Refused extends Error {
  override readonly name = "Refused";
}

/** @param key has the scope products:write */
export function createCatalogueClient(baseUrl: string, key: string): CatalogueClient {
  async function call<T>(path: string, init: RequestInit = {}): Promise<Answer<T>> {
    const begun = performance.now();
    const response = await fetch(new URL(path, baseUrl).href, init);
    const text = await response.text();
    const milliseconds = performance.now() - begun;
    if (response.status === 503) throw new Refused(text);
    if (!response.ok) {
      throw new Error(`${init.method ?? "GET"} ${path} was answered ${response.status}: ${text}`);
    }
    return {
      body: JSON.parse(text),
      source: sourceOf(response.headers.get("cache-status")),
      ...redisUseOf(response.headers.get("server-timing")),
      milliseconds,
    };
  }
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  return {
    product: (id) => call(`/v1/products/${id}`),
    products: (query) => call(`/v1/products?${query}`),
    changePrice: (id, price) =>
      call(`/v1/products/${id}`, { method: "PATCH", headers, body: JSON.stringify({ price }) }),
  };
}
