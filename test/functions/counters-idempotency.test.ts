import { describe, expect, test } from "vitest";
import { useApi } from "./support/api.ts";
import { KEYS, problemOf, type Harness } from "./support/harness.ts";

const api = useApi();

const MAX = Number.MAX_SAFE_INTEGER;
const increment = (
  body: unknown = {},
  headers: Record<string, string> = {},
  target: Pick<Harness, "send"> = api,
) => target.send("POST", "/v1/counters/sales/increments", body, { "Idempotency-Key": "order 7", ...headers });
const replayed = (response: Response) => response.headers.get("Idempotency-Replayed");
const value = async () => {
  const headers = { Authorization: `Bearer ${KEYS.all}` };
  const response = await api.request("/v1/counters/sales", { headers });
  return (await response.json<{ value: number }>()).value;
};

describe("an increment with an Idempotency-Key", () => {
  test("counts once, and the repeat answers as the first, whatever came between", async () => {
    const first = await increment({ by: 5 });
    await increment({ by: 100 }, { "Idempotency-Key": "another" });
    const repeat = await increment({ by: 5 });
    expect([first.status, replayed(first)]).toEqual([200, null]);
    expect([repeat.status, replayed(repeat)]).toEqual([200, "true"]);
    expect(await repeat.json()).toEqual({ name: "sales", value: 5 });
    expect(await value()).toBe(105);
  });

  test("and another body is a 422 that counts nothing", async () => {
    await increment({ by: 5 });
    const response = await increment({ by: 6 });
    expect(response.status).toBe(422);
    expect((await problemOf(response)).type).toMatch(/#idempotency-key-reused$/);
    // Another, also where it comes to the same.
    await increment({}, { "Idempotency-Key": "one" });
    expect((await increment({ by: 1 }, { "Idempotency-Key": "one" })).status).toBe(422);
    expect(await value()).toBe(6);
  });

  test("is another's on another counter, and with another key to the API", async () => {
    const writer = JSON.stringify({
      ...(JSON.parse(api.harness.env.API_KEYS ?? "{}") as object),
      other: {
        sha256: "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b",
        scopes: ["counters:write"],
      },
    });
    const isolate = api.isolate({ env: { API_KEYS: writer } });
    await increment();
    expect(replayed(await increment({}, { Authorization: "Bearer secret" }, isolate))).toBeNull();
    expect(await value()).toBe(2);
    const other = await api.send(
      "POST",
      "/v1/counters/other/increments",
      {},
      { "Idempotency-Key": "order 7" },
    );
    expect(await other.json()).toEqual({ name: "other", value: 1 });
  });

  test("sent 10 times at once by 10 isolates counts once, and all answer it", async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => increment({ by: 3 }, {}, api.isolate())),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    expect(answers.filter((answer) => replayed(answer) === null)).toHaveLength(1);
    for (const answer of answers) expect(await answer.json()).toEqual({ name: "sales", value: 3 });
    expect(await value()).toBe(3);
  });

  test("whose reply from Redis was lost is a 503; sent again it answers what was lost and counts nothing", async () => {
    await increment({ by: 1 }, { "Idempotency-Key": "warm" });
    api.proxy.mode = "dropResponse";
    expect((await increment({ by: 7 })).status).toBe(503);
    api.proxy.mode = "pass";
    expect(await value()).toBe(8);
    const again = await increment({ by: 7 });
    expect([again.status, replayed(again)]).toEqual([200, "true"]);
    expect(await again.json()).toEqual({ name: "sales", value: 8 });
    expect(await value()).toBe(8);
  });

  test("that was a 409 stays one, though there is room by now", async () => {
    await increment({ by: MAX }, { "Idempotency-Key": "fill" });
    expect((await increment({ by: 1 })).status).toBe(409);
    await increment({ by: -10 }, { "Idempotency-Key": "drain" });
    const repeat = await increment({ by: 1 });
    expect([repeat.status, replayed(repeat)]).toEqual([409, "true"]);
    expect(await value()).toBe(MAX - 10);
  });

  test("is not used up by a request that was refused", async () => {
    expect((await increment({ by: 0.5 })).status).toBe(400);
    expect(replayed(await increment())).toBeNull();
  });

  test("is not counted anew where its counter was removed meanwhile", async () => {
    await increment({ by: 5 });
    const headers = { Authorization: `Bearer ${KEYS.all}` };
    await api.request("/v1/counters/sales", { method: "DELETE", headers });
    expect(await (await increment({ by: 5 })).json()).toEqual({ name: "sales", value: 5 });
    expect(await value()).toBe(0);
  });

  test.each(["", "k".repeat(256), "é"])("whose key is %j is a 400 that counts nothing", async (key) => {
    const response = await increment({}, { "Idempotency-Key": key });
    expect(response.status).toBe(400);
    expect((await problemOf(response)).errors?.[0]?.path).toBe("Idempotency-Key");
    expect(await value()).toBe(0);
  });

  test("costs one trip, and so does a repeat", async () => {
    await increment({}, { "Idempotency-Key": "warm" });
    expect((await increment()).headers.get("Server-Timing")).toContain("trips=1 commands=7");
    expect((await increment()).headers.get("Server-Timing")).toContain("trips=1 ");
  });
});
