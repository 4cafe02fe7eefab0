import { describe, expect, test } from "vitest";
import { useApi } from "./support/api.ts";
import { call, testRefusals, type ScopedCall } from "./support/calls.ts";
import { KEYS, problemOf } from "./support/harness.ts";

const api = useApi();

const MAX = Number.MAX_SAFE_INTEGER;
const key = { Authorization: `Bearer ${KEYS.all}` };
const put = (member: string, body: unknown) =>
  api.send("PUT", `/v1/leaderboards/chess/members/${member}`, body);
const post = (body: unknown) => api.send("POST", "/v1/leaderboards/chess/scores", body);
const read = async (query = "") =>
  (await api.request(`/v1/leaderboards/chess${query}`)).json<{ total: number; items: unknown[] }>();
const remove = (path: string) => api.request(`/v1/leaderboards/${path}`, { method: "DELETE", headers: key });
const updates = (n: number) => Array.from({ length: n }, (_, i) => ({ member: `m${i}`, score: i }));

describe("PUT /v1/leaderboards/{board}/members/{member}", () => {
  test("keeps the better score where nothing is said", async () => {
    expect(await (await put("ada", { score: 10 })).json()).toEqual({
      member: "ada",
      score: 10,
      rank: 1,
      changed: true,
    });
    expect(await (await put("ada", { score: 5 })).json()).toMatchObject({ score: 10, changed: false });
    expect(await (await put("bob", { score: 12.5 })).json()).toMatchObject({ score: 12.5, rank: 1 });
    expect(await (await put("ada", { score: 12.5, mode: "best" })).json()).toMatchObject({ rank: 1 });
    expect(await (await put("cyd", { score: -1 })).json()).toMatchObject({ rank: 3 });
  });

  test("keeps the newest with latest, and adds with sum", async () => {
    await put("ada", { score: 10 });
    expect(await (await put("ada", { score: 3, mode: "latest" })).json()).toMatchObject({ score: 3 });
    expect(await (await put("ada", { score: 4, mode: "sum" })).json()).toMatchObject({ score: 7 });
    expect(await (await put("ada", { score: 0, mode: "sum" })).json()).toMatchObject({ changed: false });
  });

  test("keeps data beside the member until other data comes", async () => {
    const data = { name: "Ada 💡", tags: [1, null, true], n: { o: "07" } };
    await put("ada", { score: 10, data });
    await put("ada", { score: 11 });
    expect((await read()).items).toEqual([{ rank: 1, member: "ada", score: 11, data }]);
    await put("ada", { score: 1, data: null });
    expect((await read()).items).toEqual([{ rank: 1, member: "ada", score: 11, data: null }]);
  });

  test("is exact to 2^53 − 1; a sum beyond it is a 409 that changes nothing", async () => {
    expect((await put("ada", { score: MAX })).status).toBe(200);
    expect((await put("bob", { score: -MAX })).status).toBe(200);
    for (const [member, score] of [
      ["ada", 1],
      ["bob", -1],
    ] as const) {
      const response = await put(member, { score, mode: "sum" });
      expect(response.status).toBe(409);
      expect(await problemOf(response)).toMatchObject({ errors: [{ path: "score" }] });
    }
    expect((await read()).items).toMatchObject([{ score: MAX }, { score: -MAX }]);
  });

  test.each<[string, unknown]>([
    ["score", {}],
    ["score", { score: "10" }],
    ["score", { score: null }],
    ["score", '{"score": 9007199254740992}'],
    ["score", '{"score": -9007199254740992}'],
    ["score", '{"score": 1e400}'],
    ["mode", { score: 1, mode: "worst" }],
    ["data", { score: 1, data: "x".repeat(4_095) }],
    ["data", { score: 1, data: "é".repeat(2_048) }],
    ["data", '{"score": 1, "data": {"a": {"__proto__": 1}}}'],
    ["data", `{"score": 1, "data": ${"[".repeat(200_000)}${"]".repeat(200_000)}}`],
    ["data", `{"score": 1, "data": ${'{"a":'.repeat(33)}1${"}".repeat(33)}}`],
    ["points", { score: 1, points: 2 }],
    ["", "[]"],
  ])("with a bad %j is a 400 that names it, and writes nothing", async (field, body) => {
    const response = await put("ada", body);
    expect(response.status).toBe(400);
    expect((await problemOf(response)).errors?.map(({ path }) => path)).toContain(field);
    expect((await read()).total).toBe(0);
  });

  test.each([
    ["4,096 bytes", JSON.stringify("x".repeat(4_094))],
    ["32 lists in one another", "[".repeat(32) + "]".repeat(32)],
    ["a lone surrogate", '"\\ud800"'],
  ])("takes data of %s", async (_what, data) => {
    expect((await put("ada", `{"score": 1, "data": ${data}}`)).status).toBe(200);
    expect((await read()).total).toBe(1);
  });
});

describe("POST /v1/leaderboards/{board}/scores", () => {
  test("answers each as it stands after all of them, in the order sent", async () => {
    const items = [
      { member: "ada", score: 10, data: { country: "NL" } },
      { member: "bob", score: 20 },
      { member: "ada", score: 30 },
    ];
    const answer = await (await post({ mode: "sum", items })).json();
    const ada = { member: "ada", score: 40, rank: 1, changed: true };
    expect(answer).toEqual({ items: [ada, { member: "bob", score: 20, rank: 2, changed: true }, ada] });
    expect((await read()).items).toMatchObject([{ member: "ada", data: { country: "NL" } }, {}]);
  });

  test("takes 1,000 at once, in one trip, and the better of each where nothing is said", async () => {
    await post({ items: updates(1) });
    const response = await post({ items: updates(1_000) });
    expect(response.status).toBe(200);
    expect(response.headers.get("Server-Timing")).toContain("trips=1 ");
    expect((await response.json<{ items: unknown[] }>()).items).toHaveLength(1_000);
    expect(await read("?limit=1")).toMatchObject({ total: 1_000, items: [{ rank: 1, member: "m999" }] });
  });

  test("with a sum out of range is a 409 that names which, and changes nothing", async () => {
    await put("bob", { score: MAX });
    const response = await post({
      mode: "sum",
      items: [
        { member: "ada", score: 1 },
        { member: "bob", score: 1 },
      ],
    });
    expect(response.status).toBe(409);
    expect(await problemOf(response)).toMatchObject({ errors: [{ path: "items.1.score" }] });
    expect(await read()).toMatchObject({ total: 1, items: [{ member: "bob", score: MAX }] });
  });

  test.each<[string, unknown]>([
    ["items", {}],
    ["items", { items: [] }],
    ["items", { items: updates(1_001) }],
    ["items", { items: { member: "ada", score: 1 } }],
    ["items.0", { items: [[]] }],
    ["items.1.member", { items: [...updates(1), { member: "a b", score: 1 }] }],
    ["items.0.score", { items: [{ member: "ada" }] }],
    ["items.0.mode", { items: [{ member: "ada", score: 1, mode: "sum" }] }],
    ["items.0.data", { items: [{ member: "ada", score: 1, data: "x".repeat(5_000) }] }],
    ["mode", { mode: "worst", items: updates(1) }],
  ])("with a bad %j is a 400 that names it, and writes nothing", async (field, body) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect((await problemOf(response)).errors?.map(({ path }) => path)).toContain(field);
    expect((await read()).total).toBe(0);
  });

  test("of half a million bad items is refused without a look at each", async () => {
    const response = await post(`{"items": [1${",1".repeat(500_000)}]}`);
    expect(response.status).toBe(400);
    expect((await problemOf(response)).errors?.length).toBeLessThan(2_000);
  });

  test("of more than 1 MiB is a 413", async () => {
    expect((await post(`{"items": [${" ".repeat(1_048_576)}]}`)).status).toBe(413);
  });
});

describe("DELETE", () => {
  test("…/members/{member} is a 204 that takes the member off the board and its periods", async () => {
    await post({ items: updates(3) });
    for (let i = 0; i < 2; i += 1) expect((await remove("chess/members/m2")).status).toBe(204);
    for (const query of ["", "?period=day", "?period=week", "?period=month"]) {
      expect(await read(query)).toMatchObject({ total: 2, items: [{ rank: 1, member: "m1" }, {}] });
    }
  });

  test("/v1/leaderboards/{board} is a 204 that leaves it empty, its periods too, and others as they are", async () => {
    await post({ items: updates(3) });
    await api.send("PUT", "/v1/leaderboards/go/members/ada", { score: 1 });
    for (let i = 0; i < 2; i += 1) expect((await remove("chess")).status).toBe(204);
    for (const query of ["", "?period=day"]) {
      expect(await read(query)).toEqual({ board: "chess", total: 0, items: [] });
    }
    expect((await api.request("/v1/leaderboards/go/members/ada")).status).toBe(200);
  });
});

const WRITE = { scope: "leaderboards:write" };
const CALLS: ScopedCall[] = [
  { ...WRITE, method: "PUT", path: "/v1/leaderboards/chess/members/ada", body: { score: 1 } },
  {
    ...WRITE,
    method: "POST",
    path: "/v1/leaderboards/chess/scores",
    body: { items: [{ member: "ada", score: 1 }] },
  },
  { ...WRITE, method: "DELETE", path: "/v1/leaderboards/chess/members/ada" },
  { ...WRITE, method: "DELETE", path: "/v1/leaderboards/chess" },
  { method: "GET", path: "/v1/leaderboards/chess" },
  { method: "GET", path: "/v1/leaderboards/chess?around=ada" },
  { method: "GET", path: "/v1/leaderboards/chess?members=ada,bob" },
  { method: "GET", path: "/v1/leaderboards/chess/members/ada" },
];

test.each(CALLS)("$method $path with a bad name is a 400 that says so", async (made) => {
  const { path } = made;
  for (const board of ["%20", "a%2Fb", "%7Ba%7D", "%E0%A4%A", "a".repeat(129)]) {
    const response = await call(api, { ...made, path: path.replace("chess", board) });
    expect(response.status, board).toBe(400);
    expect((await problemOf(response)).errors?.[0]?.path).toBe("board");
  }
  if (!path.includes("/members/")) return;
  const response = await call(api, { ...made, path: path.replace("ada", "a%20b") });
  expect(response.status).toBe(400);
  expect((await problemOf(response)).errors?.[0]?.path).toBe("member");
});

testRefusals(api, CALLS);
