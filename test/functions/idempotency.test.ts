import { describe, expect, test } from "vitest";
import { createIdempotency } from "../../lib/idempotency/index.ts";
import { useApi } from "./support/api.ts";
import { KEYS, problemOf, type Harness } from "./support/harness.ts";

const api = useApi();

const LAMP = { name: "Brass lamp", price: 7_900, category: "lamps" };
const post = (
  body: unknown = LAMP,
  headers: Record<string, string> = {},
  target: Pick<Harness, "send"> = api,
) => target.send("POST", "/v1/products", body, { "Idempotency-Key": "order 1", ...headers });
const count = () => api.harness.sql.sqlite.prepare("SELECT count(*) AS n FROM products").get()?.["n"];

describe("POST /v1/products with an Idempotency-Key", () => {
  test("adds one product, and the repeat answers as the first", async () => {
    const first = await post();
    const repeat = await post();
    expect(first.status).toBe(201);
    expect(first.headers.get("Idempotency-Replayed")).toBeNull();
    expect(repeat.status).toBe(201);
    expect(repeat.headers.get("Idempotency-Replayed")).toBe("true");
    expect(repeat.headers.get("Location")).toBe("/v1/products/1");
    expect(repeat.headers.get("Content-Type")).toBe(first.headers.get("Content-Type"));
    expect(await repeat.text()).toBe(await first.text());
    expect(repeat.headers.get("X-Request-Id")).not.toBe(first.headers.get("X-Request-Id"));
    expect(count()).toBe(1);
  });

  test("and another body is a 422", async () => {
    await post();
    const response = await post({ ...LAMP, price: 1 });
    expect(response.status).toBe(422);
    expect((await problemOf(response)).type).toMatch(/#idempotency-key-reused$/);
    expect(count()).toBe(1);
  });

  test("is another's with another key to the API", async () => {
    await post();
    expect((await post(LAMP, { Authorization: `Bearer ${KEYS.products}` })).status).toBe(201);
    expect(count()).toBe(2);
  });

  test("sent 10 times at once adds one product, and all answer it", async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, async () => post(LAMP, {}, api.isolate())));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 201));
    expect(new Set(await Promise.all(answers.map(async (answer) => answer.text()))).size).toBe(1);
    expect(answers.filter((a) => a.headers.get("Idempotency-Replayed") === null)).toHaveLength(1);
    expect(count()).toBe(1);
  });

  test("is a 409 while the first still runs after the wait", async () => {
    let insert!: () => void;
    let arrived!: () => void;
    const inserting = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const released = new Promise<void>((resolve) => {
      insert = resolve;
    });
    api.harness.sql.before = async (query) => {
      if (!query.startsWith("INSERT")) return;
      arrived();
      await released;
    };
    const first = post();
    await inserting;
    const impatient = api.isolate({
      adapt: (services) => {
        let now = 0;
        const sleep = async (ms: number): Promise<void> => {
          now += ms;
        };
        const { redis: client, prefix } = services;
        return {
          ...services,
          idempotency: createIdempotency({ redis: client, prefix, now: () => now, sleep }),
        };
      },
    });
    const second = await post(LAMP, {}, impatient);
    expect(second.status).toBe(409);
    expect(second.headers.get("Retry-After")).toMatch(/^\d+$/);
    insert();
    expect((await first).status).toBe(201);
    expect((await post(LAMP, {}, impatient)).headers.get("Idempotency-Replayed")).toBe("true");
    expect(count()).toBe(1);
  });

  test("answers a 500 again, for the fault may have come after the effect", async () => {
    api.harness.sql.before = async () => {
      throw new Error("D1_ERROR: no such luck");
    };
    expect((await post()).status).toBe(500);
    api.harness.sql.before = async () => undefined;
    const again = await post();
    expect(again.status).toBe(500);
    expect(again.headers.get("Idempotency-Replayed")).toBe("true");
    expect(count()).toBe(0);
  });

  test("is not used up by a request that was refused", async () => {
    expect((await post({ ...LAMP, price: -1 })).status).toBe(400);
    expect((await post(LAMP, { Authorization: "Bearer wrong" })).status).toBe(401);
    expect((await post()).status).toBe(201);
  });

  test.each(["", "k".repeat(256)])("of %j is a 400 that names the header", async (key) => {
    const response = await post(LAMP, { "Idempotency-Key": key });
    expect(response.status).toBe(400);
    expect((await problemOf(response)).errors?.[0]?.path).toBe("Idempotency-Key");
  });

  test("is a 503 with Redis away, and nothing is written", async () => {
    api.proxy.mode = "refuse";
    const response = await post();
    expect(response.status).toBe(503);
    expect(response.headers.get("Retry-After")).toMatch(/^\d+$/);
    expect(count()).toBe(0);
  });

  test("whose answer could not be kept is answered, and logged", async () => {
    api.harness.sql.before = async (query) => {
      if (query.startsWith("INSERT")) api.proxy.mode = "refuse";
    };
    expect((await post()).status).toBe(201);
    expect(api.harness.logs.map(({ event }) => event)).toContain("idempotency-not-kept");
  });
});
