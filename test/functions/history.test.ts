import { describe, expect, test } from "vitest";
import { useApi } from "./support/api.ts";
import { call, testRefusals } from "./support/calls.ts";
import { problemOf } from "./support/harness.ts";

const api = useApi();

const push = (item: unknown, subject = "ada") => api.send("POST", `/v1/history/${subject}`, { item });
const get = (subject = "ada") => call(api, { method: "GET", path: `/v1/history/${subject}` });
const items = async (subject?: string) => (await (await get(subject)).json<{ items: string[] }>()).items;

describe("/v1/history/{subject}", () => {
  test("POST is a 201 that puts the item at the front; an item again moves there", async () => {
    const response = await push("product:7");
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({ subject: "ada", item: "product:7" });
    for (const item of ["b", "c", "product:7"]) await push(item);
    const answer = await get();
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ items: ["product:7", "c", "b"] });
  });

  test("GET is an empty list where there is nothing", async () => {
    expect(await (await get("nobody")).json()).toEqual({ items: [] });
  });

  test("keeps 100", async () => {
    for (let i = 0; i < 102; i += 1) expect((await push(`item ${i}`)).status).toBe(201);
    const kept = await items();
    expect([kept.length, kept[0], kept.at(-1)]).toEqual([100, "item 101", "item 2"]);
  });

  test("takes any text of 1 to 1,024 characters, and gives it back as it was", async () => {
    const texts = ["007", "null", '{"a":1}', " ", "é\n💥", "💥".repeat(1_024)];
    for (const text of texts) expect((await push(text)).status).toBe(201);
    expect(await items()).toEqual(texts.toReversed());
  });

  test.each([[""], ["x".repeat(1_025)], ["\ud800"], [7], [null], [["a"]]])(
    "with the item %j is a 400 that names it, and keeps nothing",
    async (item) => {
      const response = await push(item);
      expect(response.status).toBe(400);
      expect((await problemOf(response)).errors?.map(({ path }) => path)).toContain("item");
      expect(await items()).toEqual([]);
    },
  );

  test("with another field, or with a bad subject, is a 400 that names it", async () => {
    const extra = await api.send("POST", "/v1/history/ada", { item: "a", at: 1 });
    expect((await problemOf(extra)).errors?.[0]?.path).toBe("at");
    for (const subject of ["%20", "a%2Fb", "%7Ba%7D", "x".repeat(129)]) {
      for (const response of [await push("a", subject), await get(subject)]) {
        expect(response.status, subject).toBe(400);
        expect((await problemOf(response)).errors?.[0]?.path).toBe("subject");
      }
    }
  });

  test("costs one trip each", async () => {
    await push("a");
    expect((await push("a")).headers.get("Server-Timing")).toContain('desc="trips=1 ');
    expect((await get()).headers.get("Server-Timing")).toContain('desc="trips=1 ');
  });
});

testRefusals(api, [
  { scope: "history:write", method: "POST", path: "/v1/history/ada", body: { item: "a" } },
  { scope: "history:read", method: "GET", path: "/v1/history/ada" },
]);
