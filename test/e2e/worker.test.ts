import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { seedProducts } from "../../local/seed/products.ts";
import { type Sedge, startSedge } from "./harness.ts";

let sedge: Sedge;

beforeAll(async () => {
  sedge = await startSedge();
});

afterEach(() => {
  sedge.redis.mode = "pass";
});

afterAll(() => sedge?.close());

const cacheStatus = (response: Response) => response.headers.get("cache-status");

/** Waits until Redis is used again: after an outage the Worker asks it only now and then. */
async function recovered(): Promise<void> {
  await vi.waitFor(
    async () => {
      const response = await sedge.fetch("/v1/products/1");
      expect(cacheStatus(response)).not.toContain("bypass");
    },
    { timeout: 20_000, interval: 100 },
  );
}

describe("the built Worker in workerd", () => {
  it("lives, and is ready with the age of its last scheduled run", async () => {
    expect((await sedge.fetch("/healthz")).status).toBe(200);
    expect(await (await sedge.fetch("/readyz")).json()).toMatchObject({ lastScheduledRunAgeSeconds: null });

    expect(await sedge.fireScheduled()).toMatchObject({ outcome: "ok" });

    const ready = await sedge.fetch("/readyz");
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({ redis: "ok", database: "ok", scheduled: "ok" });
    const { lastScheduledRunAgeSeconds: age } = await (
      await sedge.fetch("/readyz")
    ).json<{ lastScheduledRunAgeSeconds: number }>();
    expect(age).toBeGreaterThanOrEqual(0);
    expect(age).toBeLessThan(30);
  });

  it("answers a product from D1 first and from Redis then, with one command", async () => {
    const [, product] = seedProducts();
    const miss = await sedge.fetch("/v1/products/2");
    expect(cacheStatus(miss)).toBe("sedge; fwd=miss; stored");
    expect(await miss.json()).toEqual(product);

    const hit = await sedge.fetch("/v1/products/2");
    expect(cacheStatus(hit)).toMatch(/^sedge; hit; ttl=\d+$/);
    expect(hit.headers.get("server-timing")).toContain('desc="trips=1 commands=1"');
    expect(await hit.json()).toEqual(product);
  });

  it("pages through a category's products in the order of their ids", async () => {
    const wanted = seedProducts().filter(({ category }) => category === "books");
    const seen: unknown[] = [];
    let next: string | null = "";
    while (next !== null) {
      const response = await sedge.fetch(`/v1/products?category=books&limit=20${next && `&cursor=${next}`}`);
      const page = await response.json<{ items: unknown[]; next: string | null }>();
      seen.push(...page.items);
      next = page.next;
    }
    expect(seen).toEqual(wanted);
  });

  it("shows a changed price to the next read, of the product and of lists", async () => {
    const list = "/v1/products?limit=5";
    await sedge.fetch("/v1/products/3");
    await sedge.fetch(list);

    expect((await sedge.send("PATCH", "/v1/products/3", { price: 4321 })).status).toBe(200);

    expect(await (await sedge.fetch("/v1/products/3")).json()).toMatchObject({ price: 4321 });
    const { items } = await (await sedge.fetch(list)).json<{ items: { id: number; price: number }[] }>();
    expect(items.find(({ id }) => id === 3)?.price).toBe(4321);
  });

  it("allots a new product the id behind the seeded ones, and forgets a deleted one", async () => {
    const created = await sedge.send("POST", "/v1/products", {
      name: "Chalk",
      price: 250,
      category: "books",
    });
    expect(created.status).toBe(201);
    const path = created.headers.get("location") ?? "";
    expect(path).toMatch(new RegExp(`/v1/products/${seedProducts().length + 1}$`));
    expect((await sedge.fetch(path)).status).toBe(200);
    expect((await sedge.send("DELETE", path)).status).toBe(204);
    expect((await sedge.fetch(path)).status).toBe(404);
  });

  it.each([
    ["a key", { keys: ["product:6"] }],
    ["a tag", { tags: ["products"] }],
    ["a pattern", { pattern: "product:*" }],
  ])("reads anew from D1 after an invalidation by %s", async (_, body) => {
    await sedge.fetch("/v1/products/6");
    await sedge.database.prepare("UPDATE products SET price = price + 1 WHERE id = 6").run();
    const stale = await (await sedge.fetch("/v1/products/6")).json<{ price: number }>();

    expect((await sedge.send("POST", "/v1/cache/invalidations", body)).status).toBe(200);

    const fresh = await sedge.fetch("/v1/products/6");
    expect(cacheStatus(fresh)).toBe("sedge; fwd=miss; stored");
    expect(await fresh.json()).toMatchObject({ price: stale.price + 1 });
  });

  it("signs somebody up and in, by a password hashed in workerd, and out again", async () => {
    const ada = { email: "Ada@example.com", name: "Ada", password: "correct horse battery" };
    const signedUp = await sedge.send("POST", "/v1/users", ada);
    expect(signedUp.status).toBe(201);
    const { id } = await signedUp.json<{ id: string }>();
    expect((await sedge.send("POST", "/v1/users", ada)).status).toBe(409);
    await vi.waitFor(async () => {
      const events = await sedge.send("GET", "/v1/channels/user:events/events");
      const data = { userId: id, email: "ada@example.com" };
      expect(await events.json()).toMatchObject({ items: [{ type: "signup", key: id, data }], next: null });
      const welcome = await sedge.send("GET", "/v1/subscriptions/welcome-mail");
      expect(await welcome.json(), "sent over the binding").toMatchObject({ delivered: 1, failed: 0 });
      expect(await sedge.database.prepare("SELECT id FROM outbox").first()).toBeNull();
    });

    expect((await sedge.send("POST", "/v1/sessions", { email: ada.email, password: "wrong" })).status).toBe(
      401,
    );
    const signedIn = await sedge.send("POST", "/v1/sessions", { email: ada.email, password: ada.password });
    expect(signedIn.status).toBe(201);
    const [, cookie = ""] =
      /^(__Host-session=[\w-]{81});.*Secure/.exec(signedIn.headers.get("set-cookie") ?? "") ?? [];
    const session = () => sedge.fetch("/v1/session", { headers: { cookie } });
    expect(await (await session()).json()).toMatchObject({ user: { id, name: "Ada" } });
    const foreign = { cookie, origin: "https://evil.example" };
    expect((await sedge.fetch("/v1/session", { method: "DELETE", headers: foreign })).status).toBe(403);
    const own = { cookie, origin: sedge.url.origin };
    expect((await sedge.fetch("/v1/session", { method: "DELETE", headers: own })).status).toBe(204);
    expect((await session()).status).toBe(401);
  });

  it("publishes what waits in the outbox in a scheduled run, all of it in one trip", async () => {
    const insert = `INSERT INTO outbox (channel, type, key, data, created_at)
      VALUES ('outbox:events', 'test', ?, '{}', '2026-11-22T10:00:00.000Z')`;
    await sedge.database.batch(
      Array.from({ length: 50 }, (_, i) => sedge.database.prepare(insert).bind(`k${i}`)),
    );
    sedge.redis.reset();
    expect(await sedge.fireScheduled()).toMatchObject({ outcome: "ok" });
    const publishes = sedge.redis.seen.filter(({ commands }) => commands.flat().includes("outbox:events"));
    expect(publishes.map(({ commands }) => commands.length)).toEqual([50]);
    const events = await sedge.send("GET", "/v1/channels/outbox:events/events?limit=100");
    expect((await events.json<{ items: unknown[] }>()).items).toHaveLength(50);
  });

  it("refuses an unknown route, a wrong method and a caller without a key, as problems", async () => {
    const unknown = await sedge.fetch("/v1/nothing");
    expect(unknown.status).toBe(404);
    expect(unknown.headers.get("content-type")).toContain("application/problem+json");

    const wrongMethod = await sedge.fetch("/v1/products/1", { method: "PUT" });
    expect(wrongMethod.status).toBe(405);
    expect(wrongMethod.headers.get("allow")).toMatch(/\bPATCH\b/);

    const keyless = await sedge.fetch("/v1/products/1", { method: "DELETE" });
    expect(keyless.status).toBe(401);
  });

  it.each(["refuse", "hang"] as const)(
    "answers from D1 within a second while Redis is away (%s), writes nothing, and recovers",
    async (mode) => {
      await recovered();
      const before = await (await sedge.fetch("/v1/products/8")).json();
      sedge.redis.mode = mode;

      const begun = performance.now();
      const bypassed = await sedge.fetch("/v1/products/8");
      expect(performance.now() - begun).toBeLessThan(1000);
      expect(bypassed.status).toBe(200);
      expect(cacheStatus(bypassed)).toBe("sedge; fwd=bypass; detail=redis-unavailable");
      expect(await bypassed.json()).toEqual(before);

      const refused = await sedge.send("PATCH", "/v1/products/8", { price: 1 });
      expect(refused.status).toBe(503);
      expect(refused.headers.has("retry-after")).toBe(true);
      expect((await sedge.fetch("/readyz")).status).toBe(503);

      sedge.redis.mode = "pass";
      await recovered();
      expect(await (await sedge.fetch("/v1/products/8")).json()).toEqual(before);
      expect((await sedge.fetch("/readyz")).status).toBe(200);
    },
  );

  it("serves the start page and the API's description", async () => {
    expect(await (await sedge.fetch("/")).text()).toContain("Sedge");
    const described = await sedge.fetch("/openapi.json");
    expect(described.headers.get("access-control-allow-origin")).toBe("*");
    expect(await described.json()).toMatchObject({ openapi: expect.stringMatching(/^3\.1/) });
  });
});
