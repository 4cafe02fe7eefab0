import { describe, expect, test } from "vitest";
import { createTokens } from "../../lib/tokens/index.ts";
import { useApi } from "./support/api.ts";
import { testRefusals } from "./support/calls.ts";
import { contents } from "./support/contents.ts";
import { problemOf } from "./support/harness.ts";

const NOW = Date.UTC(2026, 10, 1, 9);
const api = useApi(() => ({
  adapt: (services) => ({
    ...services,
    tokens: createTokens({ redis: services.redis, prefix: services.prefix, now: () => NOW }),
  }),
}));

const issue = (body: object = {}) =>
  api.send("POST", "/v1/tokens", { purpose: "password-reset", subject: "ada", ttlSeconds: 900, ...body });
const redeem = (token: unknown, purpose: unknown = "password-reset") =>
  api.send("POST", "/v1/tokens/redeem", { purpose, token });
const issued = async (body?: object) => (await (await issue(body)).json<{ token: string }>()).token;
const fields = async (response: Response) => (await problemOf(response)).errors?.map(({ path }) => path);

describe("POST /v1/tokens", () => {
  test("is a 201 with a token and its end, which nobody keeps", async () => {
    const response = await issue();
    expect(response.status).toBe(201);
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    expect(await response.json()).toEqual({
      token: expect.stringMatching(/^[\w-]{43}$/),
      expiresAt: "2026-11-01T09:15:00.000Z",
    });
  });

  test("leaves nothing in Redis or in the logs that could be redeemed", async () => {
    const token = await issued();
    const kept = await contents(api.redis, api.prefix);
    expect(kept).toContain(":token:");
    expect(kept).not.toContain(token);
    expect(JSON.stringify(api.harness.logs)).not.toContain(token);
  });

  test.each<[string, object]>([
    ["purpose", { purpose: "a b" }],
    ["purpose", { purpose: "" }],
    ["purpose", { purpose: undefined }],
    ["subject", { subject: "" }],
    ["subject", { subject: "x".repeat(257) }],
    ["subject", { subject: "\ud800" }],
    ["subject", { subject: 7 }],
    ["ttlSeconds", { ttlSeconds: 0 }],
    ["ttlSeconds", { ttlSeconds: 1.5 }],
    ["ttlSeconds", { ttlSeconds: 2_592_001 }],
    ["ttlSeconds", { ttlSeconds: "900" }],
    ["ttlSeconds", { ttlSeconds: undefined }],
    ["token", { token: "a" }],
  ])("with a bad %s (%j) is a 400 that names it", async (field, body) => {
    const response = await issue(body);
    expect(response.status).toBe(400);
    expect(await fields(response)).toContain(field);
  });

  test.each([1, 2_592_000])("takes %i seconds", async (ttlSeconds) => {
    expect((await issue({ ttlSeconds })).status).toBe(201);
  });
});

describe("POST /v1/tokens/redeem", () => {
  test("answers the subject once, then 404", async () => {
    const token = await issued({ subject: "007 – 💥" });
    const first = await redeem(token);
    expect(first.status).toBe(200);
    expect(first.headers.get("Cache-Control")).toBe("no-store");
    expect(await first.json()).toEqual({ subject: "007 – 💥" });
    const second = await redeem(token);
    expect(second.status).toBe(404);
    expect((await problemOf(second)).type).toMatch(/#not-found$/);
  });

  test("for another purpose is a 404 that leaves the token good", async () => {
    const token = await issued();
    expect((await redeem(token, "invitation")).status).toBe(404);
    expect((await redeem(token)).status).toBe(200);
  });

  test("by 50 at once answers one", async () => {
    const token = await issued();
    const answers = await Promise.all(Array.from({ length: 50 }, () => redeem(token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(49);
  });

  test("of what was made up, or is no token at all, is the same 404", async () => {
    const token = await issued();
    await redeem(token);
    const { detail } = await problemOf(await redeem(token));
    for (const none of ["a".repeat(43), "", "a", "💥", "x".repeat(256)]) {
      const response = await redeem(none);
      expect(response.status, none).toBe(404);
      expect((await problemOf(response)).detail).toBe(detail);
    }
  });

  test("with a bad purpose or token is a 400 that names it", async () => {
    expect(await fields(await redeem("a", "a b"))).toEqual(["purpose"]);
    expect(await fields(await redeem(7))).toEqual(["token"]);
    expect(await fields(await redeem("x".repeat(257)))).toEqual(["token"]);
  });

  test("costs one trip, as issuing does", async () => {
    await issue();
    const response = await issue();
    expect(response.headers.get("Server-Timing")).toContain('desc="trips=1 commands=1"');
    const { token } = await response.json<{ token: string }>();
    expect((await redeem(token)).headers.get("Server-Timing")).toContain('desc="trips=1 commands=1"');
  });

  test("whose answer was lost has spent the token", async () => {
    const token = await issued();
    api.proxy.mode = "dropResponse";
    expect((await redeem(token)).status).toBe(503);
    api.proxy.mode = "pass";
    expect((await redeem(token)).status).toBe(404);
  });
});

testRefusals(api, [
  {
    scope: "tokens:write",
    method: "POST",
    path: "/v1/tokens",
    body: { purpose: "a", subject: "b", ttlSeconds: 1 },
  },
  {
    scope: "tokens:write",
    method: "POST",
    path: "/v1/tokens/redeem",
    body: { purpose: "a", token: "a".repeat(43) },
  },
]);
