import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { isSecret } from "../../lib/webhooks/index.ts";
import { startRedis, type TestRedis } from "../support/redis.ts";
import { createHarness, problemOf, type Harness } from "./support/harness.ts";
import { createSubscriptionsClient, HOOK, IN_CODE, type SubscriptionBody } from "./support/subscriptions.ts";

let redis: TestRedis;
let harness: Harness;
let tests = 0;

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(async () => redis.close());
beforeEach(() => {
  tests += 1;
  harness = createHarness({ redis, prefix: `${redis.prefix}subscriptions${tests}` });
});

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const { all, get, make, patch, post, remove, replay } = createSubscriptionsClient(() => harness);
const errorsOf = async (response: Response) => (await problemOf(response)).errors;

describe("POST /v1/subscriptions", () => {
  test("answers the subscription, with a secret that is shown this once", async () => {
    const response = await post({ pattern: "user:*", url: HOOK });
    expect(response.status).toBe(201);
    const made = await response.json<SubscriptionBody>();
    expect(made).toEqual({
      id: expect.stringMatching(/^[\w-]{10,}$/),
      pattern: "user:*",
      url: HOOK,
      secret: expect.any(String),
      status: "active",
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
    expect(isSecret(made.secret ?? "")).toBe(true);
    expect(response.headers.get("Location")).toBe(`/v1/subscriptions/${made.id}`);
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    for (const path of [`/${made.id}`, "", `/${made.id}/deliveries`, `/${made.id}/dead`]) {
      const text = await (await get(path)).text();
      expect(text).not.toContain("secret");
      expect(text).not.toContain(made.secret);
    }
  });

  test("takes a secret of one's own, and each start", async () => {
    expect(await make({ secret: SECRET })).toMatchObject({ secret: SECRET });
    for (const start of ["new", "oldest", "0", "1793611800000-0"]) await make({ start });
    expect(await all()).toHaveLength(6);
  });

  test("has another id and another secret each time, also for the same URL and pattern", async () => {
    const made = await Promise.all(Array.from({ length: 5 }, () => make()));
    expect(new Set(made.map(({ id }) => id)).size).toBe(5);
    expect(new Set(made.map(({ secret }) => secret)).size).toBe(5);
  });

  test.each<[string, unknown]>([
    ["pattern", { url: HOOK }],
    ["pattern", { url: HOOK, pattern: "" }],
    ["pattern", { url: HOOK, pattern: "a b" }],
    ["pattern", { url: HOOK, pattern: "{a}" }],
    ["pattern", { url: HOOK, pattern: 7 }],
    ["url", { pattern: "a" }],
    ["url", { pattern: "a", url: null }],
    ["url", { pattern: "a", url: "" }],
    ["url", { pattern: "a", url: "example.com" }],
    ["url", { pattern: "a", url: `${HOOK}/${"a".repeat(2_048)}` }],
    ["url", { pattern: "a", url: "https://ada:secret@example.com/" }],
    ["start", { pattern: "a", url: HOOK, start: "newest" }],
    ["start", { pattern: "a", url: HOOK, start: "" }],
    ["start", { pattern: "a", url: HOOK, start: 0 }],
    ["start", { pattern: "a", url: HOOK, start: "1-2-3" }],
    ["secret", { pattern: "a", url: HOOK, secret: "" }],
    ["secret", { pattern: "a", url: HOOK, secret: "whsec_c2hvcnQ=" }],
    ["secret", { pattern: "a", url: HOOK, secret: "rotate" }],
    ["status", { pattern: "a", url: HOOK, status: "paused" }],
    ["", "[]"],
    ["", "null"],
  ])("with a bad %j (%j) is a 400 that names it and makes nothing", async (field, body) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect((await errorsOf(response))?.map(({ path }) => path)).toContain(field);
    expect(await all()).toHaveLength(1);
  });

  test("where there are 1,000 already is a 409 that says so", async () => {
    harness = createHarness({
      redis,
      prefix: `${redis.prefix}subscriptions${tests}`,
      // That there are never more is for the pattern's own tests to show.
      adapt: (services) => ({
        ...services,
        subscriptions: { ...services.subscriptions, create: async () => ({ kind: "too-many" }) },
      }),
    });
    const response = await post({ pattern: "a", url: HOOK });
    expect(response.status).toBe(409);
    expect((await problemOf(response)).detail).toContain("1,000");
  });
});

describe("GET /v1/subscriptions", () => {
  test("lists all, the Worker's own first, then the oldest first, in pages of any size", async () => {
    const made = [];
    for (let i = 0; i < 5; i += 1) made.push((await make({ pattern: `p${i}` })).id);
    const [own, ...others] = await all();
    expect(own).toMatchObject({ id: IN_CODE, url: null, status: "active", pattern: "user:events" });
    expect(others.map(({ id }) => id).toSorted()).toEqual(made.toSorted());
    for (const limit of [1, 2, 6]) {
      expect((await all(limit)).map(({ id }) => id)).toEqual([IN_CODE, ...others.map(({ id }) => id)]);
    }
  });

  test("answers how each fares", async () => {
    const { secret: _, ...made } = await make();
    const state = { lag: 0, delivered: 0, failed: 0, dead: 0, missed: 0, lastDeliveryAt: null };
    expect(await (await get(`/${made.id}`)).json()).toEqual({ ...made, ...state });
    expect((await all()).at(-1)).toEqual({ ...made, ...state });
  });

  test.each(["limit=0", "limit=101", "limit=a", "limit=1&limit=2"])(
    "?%s is a 400 that says so",
    async (query) => {
      for (const path of ["", `/${IN_CODE}/deliveries`, `/${IN_CODE}/dead`]) {
        const response = await get(`${path}?${query}`);
        expect(response.status, path).toBe(400);
        expect((await errorsOf(response))?.[0]?.path).toBe("limit");
      }
    },
  );

  test.each(["", "rubbish", "%00", "p1:1", "0-0", "0x10", "9".repeat(300), "💡"])(
    "?cursor=%s is a 400 that says so",
    async (cursor) => {
      for (const path of ["", `/${IN_CODE}/deliveries`, `/${IN_CODE}/dead`]) {
        const response = await get(`${path}?cursor=${cursor}`);
        expect(response.status, path).toBe(400);
        expect((await errorsOf(response))?.[0]?.path).toBe("cursor");
      }
    },
  );
});

describe("PATCH /v1/subscriptions/{id}", () => {
  test("pauses, resumes and redirects, alone or together", async () => {
    const { id } = await make();
    const { secret: _, ...made } = await make();
    const other = "https://example.com/other";
    const steps: [object, object][] = [
      [{ status: "paused" }, { status: "paused" }],
      [{ url: other }, { status: "paused", url: other }],
      [{ status: "active" }, { status: "active", url: other }],
      [
        { status: "paused", url: HOOK },
        { status: "paused", url: HOOK },
      ],
    ];
    for (const [changes, after] of steps) {
      const response = await patch(made.id, changes);
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({ ...made, ...after });
      expect(await (await get(`/${made.id}`)).json()).toMatchObject({ ...made, ...after });
    }
    expect(await (await get(`/${id}`)).json()).toMatchObject({ status: "active", url: HOOK });
  });

  test("rotates the secret, and shows the new one this once", async () => {
    const made = await make();
    const first = await (await patch(made.id, { secret: "rotate" })).json<SubscriptionBody>();
    const second = await (
      await patch(made.id, { secret: "rotate", status: "paused" })
    ).json<SubscriptionBody>();
    expect([first.status, second.status]).toEqual(["active", "paused"]);
    const secrets = [made, first, second].map(({ secret = "" }) => secret);
    expect(secrets.every(isSecret)).toBe(true);
    expect(new Set(secrets).size).toBe(3);
    expect(await (await patch(made.id, { status: "active" })).json()).not.toHaveProperty("secret");
  });

  test.each<[string, unknown]>([
    ["", {}],
    ["status", { status: "disabled" }],
    ["status", { status: null }],
    ["url", { url: null }],
    ["url", { url: "nowhere" }],
    ["secret", { secret: SECRET }],
    ["secret", { secret: true }],
    ["pattern", { pattern: "b" }],
    ["id", { id: "b" }],
    ["", "[]"],
  ])("with a bad %j (%j) is a 400 that names it and changes nothing", async (field, body) => {
    const { secret: _, ...made } = await make();
    const response = await patch(made.id, body);
    expect(response.status).toBe(400);
    expect((await errorsOf(response))?.map(({ path }) => path)).toContain(field);
    expect(await (await get(`/${made.id}`)).json()).toMatchObject(made);
  });
});

test("DELETE is a 204, and there is none then", async () => {
  const { id } = await make();
  const other = await make();
  expect((await remove(id)).status).toBe(204);
  expect((await get(`/${id}`)).status).toBe(404);
  expect((await remove(id)).status).toBe(404);
  expect((await all()).map((one) => one.id)).toEqual([IN_CODE, other.id]);
});

test("one of the Worker's own code can be read and replayed, and to change or remove it is a 409", async () => {
  for (const response of [
    await patch(IN_CODE, { status: "paused" }),
    await patch(IN_CODE, { secret: "rotate" }),
    await remove(IN_CODE),
  ]) {
    expect(response.status).toBe(409);
    expect((await problemOf(response)).type).toMatch(/#conflict$/);
  }
  expect(await (await get(`/${IN_CODE}`)).json()).toMatchObject({ id: IN_CODE, status: "active" });
  expect(await (await replay(IN_CODE)).json()).toEqual({ replayed: 0 });
});
