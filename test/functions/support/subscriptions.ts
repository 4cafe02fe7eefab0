// Subscriptions as their callers see them.

import { expect } from "vitest";
import { KEYS, type Harness } from "./harness.ts";

export interface SubscriptionBody {
  id: string;
  pattern: string;
  url: string | null;
  status: string;
  createdAt: string;
  secret?: string;
}
export interface PageBody<Item> {
  items: Item[];
  next: string | null;
}

const PATH = "/v1/subscriptions";
export const HOOK = "https://example.com/hooks";
/** In the Worker's own code. */
export const IN_CODE = "welcome-mail";

/** @param harness of the running test */
export function createSubscriptionsClient(harness: () => Harness) {
  const call = async (method: string, path: string): Promise<Response> =>
    harness().request(`${PATH}${path}`, { method, headers: { Authorization: `Bearer ${KEYS.all}` } });
  const get = async (path: string) => call("GET", path);
  const post = async (body: unknown) => harness().send("POST", PATH, body);

  /** One that must come to be. */
  const make = async (body: object = {}): Promise<SubscriptionBody & { secret: string }> => {
    const response = await post({ pattern: "user:*", url: HOOK, ...body });
    expect(response.status).toBe(201);
    return response.json();
  };

  /** All, page by page. */
  const all = async (limit = 100): Promise<SubscriptionBody[]> => {
    const items: SubscriptionBody[] = [];
    let query = "";
    do {
      const page = await (await get(`?limit=${limit}${query}`)).json<PageBody<SubscriptionBody>>();
      expect(page.items.length).toBeLessThanOrEqual(limit);
      items.push(...page.items);
      query = page.next === null ? "" : `&cursor=${encodeURIComponent(page.next)}`;
    } while (query !== "");
    return items;
  };

  return {
    get,
    post,
    make,
    all,
    patch: async (id: string, body: unknown) => harness().send("PATCH", `${PATH}/${id}`, body),
    remove: async (id: string) => call("DELETE", `/${id}`),
    replay: async (id: string) => call("POST", `/${id}/dead/replay`),
  };
}
