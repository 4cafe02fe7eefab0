import { describe, expect, it } from "vitest";
import { redisUseOf, sourceOf } from "../../scripts/catalogue/answer.ts";
import { type CatalogueClient, Refused } from "../../scripts/catalogue/client.ts";
import { report } from "../../scripts/catalogue/report.ts";
import { goShopping } from "../../scripts/catalogue/shoppers.ts";
import { createRandom } from "../../local/seed/random.ts";

describe("the catalogue demo", () => {
  it.each([
    ["sedge; hit; ttl=240", "hit"],
    ["sedge; fwd=miss; stored", "miss"],
    ["sedge; fwd=miss; collapsed", "miss"],
    ["sedge; fwd=stale", "stale"],
    ["sedge; fwd=bypass; detail=redis-unavailable", "bypass, redis-unavailable"],
    ["sedge; fwd=bypass; detail=write-in-progress", "bypass, write-in-progress"],
    [null, "unknown"],
  ])("counts %s as %s", (header, source) => {
    expect(sourceOf(header)).toBe(source);
  });

  it("reads trips and commands, and none where Redis was not used", () => {
    expect(redisUseOf('db;dur=1, redis;dur=12.3;desc="trips=1 commands=4"')).toEqual({
      trips: 1,
      commands: 4,
    });
    expect(redisUseOf(null)).toEqual({ trips: 0, commands: 0 });
  });

  it("shows median, 95th percentile and means of each group", () => {
    const hits = Array.from({ length: 20 }, (_, i) => ({
      group: "hit",
      milliseconds: i + 1,
      trips: 1,
      commands: i % 2,
    }));
    expect(report(hits, ["hit", "miss"])).toBe(
      [
        "      answers  p50 ms  p95 ms  trips  commands",
        "hit        20    10.0    19.0   1.00      0.50",
        "miss        0       -       -      -         -",
      ].join("\n"),
    );
  });

  it("finds no old price in a catalogue that shows every change at once", async () => {
    const { violations, failures, measurements } = await shop(createCatalogue({ lag: 0 }));
    expect(violations).toEqual([]);
    expect(failures).toEqual([]);
    expect(measurements.length).toBeGreaterThanOrEqual(1000);
    expect(measurements.some(({ group }) => group === "PATCH")).toBe(true);
  });

  it("finds the old prices of a catalogue that shows changes late", async () => {
    const { violations } = await shop(createCatalogue({ lag: 1 }));
    expect(violations.length).toBeGreaterThan(0);
    expect(violations[0]).toMatch(/^product \d+: \d+ was read after the change to \d+ had been answered$/);
  });

  it("counts changes that are refused apart from failures", async () => {
    const { refused, failures } = await shop({
      ...createCatalogue({ lag: 0 }),
      changePrice: () => Promise.reject(new Refused("Redis is away")),
    });
    expect(refused).toBeGreaterThan(0);
    expect(failures).toEqual([]);
  });

  it("tells of requests that fail, and goes on", async () => {
    const { failures } = await shop(createCatalogue({ lag: 0, failing: 3 }));
    expect(failures.length).toBeGreaterThan(0);
    expect(failures.length).toBeLessThan(1000);
  });
});

function shop(client: CatalogueClient) {
  return goShopping({ client, clients: 5, reads: 1000, random: createRandom(1), ids: [1, 2, 3, 4, 5] });
}

function answer<T>(body: T) {
  return { body, source: "hit" as const, trips: 1, commands: 1, milliseconds: 1 };
}

/** @param options.lag by how many changes a read is behind; `failing` is a product whose reads fail */
function createCatalogue({ lag, failing }: { lag: number; failing?: number }): CatalogueClient {
  const history = new Map<number, number[]>();
  const product = (id: number) => {
    const prices = history.get(id) ?? [100];
    return { id, name: "Name", price: prices[Math.max(0, prices.length - 1 - lag)] ?? 0, category: "books" };
  };
  return {
    async product(id) {
      if (id === failing) throw new Error("away");
      return answer(product(id));
    },
    products: async () => answer({ items: [1, 2, 3, 4, 5].map(product), next: null }),
    async changePrice(id, price) {
      history.set(id, [...(history.get(id) ?? [100]), price]);
      return answer({ ...product(id), price });
    },
  };
}
