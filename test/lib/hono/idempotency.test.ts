import { Hono } from "hono";
import { beforeEach, describe, expect, test } from "vitest";
import { idempotency } from "../../../lib/hono/index.ts";
import type { Begun, Idempotency, KeptAnswer } from "../../../lib/idempotency/index.ts";

// What Redis would know: the middleware's own part is what it asks, keeps and answers.
let begun: Begun;
let scopes: (readonly string[])[] = [];
let kept: KeptAnswer[] = [];
let abandoned = 0;
let ran = 0;
let notKept: unknown[] = [];

const first = (finish: () => Promise<boolean> = async () => true): Begun => ({
  kind: "first",
  finish: async (answer) => {
    kept.push(answer);
    return finish();
  },
  abandon: async () => {
    abandoned += 1;
  },
});

const known: Idempotency = {
  begin: async (scope, request) => {
    scopes.push([...scope, request]);
    return begun;
  },
};

const app = new Hono();
app.onError((_, c) => c.text("sorry", 500));
app.use(
  idempotency({
    idempotency: () => known,
    caller: (c) => c.req.header("X-Caller") ?? "anyone",
    refuse: (refusal) => new Response(refusal, { status: 400 }),
    onNotKept: (error) => void notKept.push(error),
  }),
);
app.post("/things", (c) => {
  ran += 1;
  return c.json({ ran }, 201, { Location: `/things/${ran}`, "X-Other": "this call's alone" });
});
app.post("/gone", (c) => c.body(null, 204));
app.post("/away", (c) => c.text("away", 503));
app.post("/broken", () => {
  throw new Error("broken");
});

const post = (path: string, key?: string) =>
  app.request(path, {
    method: "POST",
    body: "text",
    headers: key === undefined ? {} : { "Idempotency-Key": key },
  });

beforeEach(() => {
  begun = first();
  scopes = [];
  kept = [];
  abandoned = 0;
  ran = 0;
  notKept = [];
});

describe("a call with a key", () => {
  test("runs, and its answer is kept with its status, type and Location", async () => {
    const response = await post("/things?x=1", "k1");
    expect(response.status).toBe(201);
    expect(response.headers.get("Idempotency-Replayed")).toBeNull();
    expect(await response.json()).toEqual({ ran: 1 });
    expect(scopes).toEqual([["anyone", "POST", "/things", "k1", "text"]]);
    expect(kept).toEqual([
      {
        status: 201,
        headers: { "content-type": "application/json", location: "/things/1" },
        body: '{"ran":1}',
      },
    ]);
  });

  test("that has run answers what was kept, and says so", async () => {
    begun = {
      kind: "repeat",
      answer: { status: 201, headers: { location: "/things/1" }, body: '{"ran":1}' },
    };
    const response = await post("/things", "k1");
    expect(response.status).toBe(201);
    expect(response.headers.get("Idempotency-Replayed")).toBe("true");
    expect(response.headers.get("Location")).toBe("/things/1");
    expect(await response.json()).toEqual({ ran: 1 });
    expect(ran).toBe(0);
  });

  test("that answered without a body does so again", async () => {
    await post("/gone", "k1");
    begun = { kind: "repeat", answer: kept[0] as KeptAnswer };
    expect((await post("/gone", "k1")).status).toBe(204);
  });

  test.each(["other-request", "still-running"] as const)(
    "that is refused as %s does not run",
    async (kind) => {
      begun = { kind };
      expect(await (await post("/things", "k1")).text()).toBe(kind);
      expect(ran).toBe(0);
    },
  );

  test("that could not be done is not kept", async () => {
    expect((await post("/away", "k1")).status).toBe(503);
    expect(abandoned).toBe(1);
    expect(kept).toEqual([]);
  });

  test("that fails is kept: nobody knows what came before the fault", async () => {
    expect((await post("/broken", "k1")).status).toBe(500);
    expect(abandoned).toBe(0);
    expect(kept).toMatchObject([{ status: 500 }]);
  });

  test.each([
    ["", ""],
    ["of 256 characters", "k".repeat(256)],
    ["that is not ASCII", "clé"],
    ["with a tab in it", "a\tb"],
  ])("%s is refused", async (_, key) => {
    expect(await (await post("/things", key)).text()).toBe("invalid-key");
    expect(scopes).toEqual([]);
    expect(ran).toBe(0);
  });

  test("of 255 characters, or with spaces and quotes in it, is good", async () => {
    for (const key of ["k".repeat(255), 'a "b" c']) expect((await post("/things", key)).status).toBe(201);
  });

  test("whose answer cannot be kept is answered all the same, and somebody is told", async () => {
    const error = new Error("Redis is away");
    begun = first(async () => {
      throw error;
    });
    expect((await post("/things", "k1")).status).toBe(201);
    begun = first(async () => false);
    expect((await post("/things", "k1")).status).toBe(201);
    expect(notKept).toEqual([error, undefined]);
  });
});

test("a call without a key is not asked about", async () => {
  expect((await post("/things")).status).toBe(201);
  expect(scopes).toEqual([]);
});
