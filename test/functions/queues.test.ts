import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createQueues } from "../../lib/lists/index.ts";
import { createClock, type Clock } from "../support/clock.ts";
import { startRedis, type TestRedis } from "../support/redis.ts";
import { createHarness, KEYS, problemOf, type Harness } from "./support/harness.ts";

let redis: TestRedis;
let harness: Harness;
let clock: Clock;
let tests = 0;

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.close());
beforeEach(() => {
  tests += 1;
  clock = createClock(Date.UTC(2026, 10, 1, 9, 30));
  harness = createHarness({
    redis,
    prefix: `${redis.prefix}queues${tests}`,
    adapt: (services) => ({
      ...services,
      queues: createQueues({ redis: services.redis, prefix: services.prefix, redisNow: clock.now }),
    }),
  });
});

interface Message {
  id: string;
  receipt: string;
  body: unknown;
  attempts: number;
  enqueuedAt: string;
}

const key = { Authorization: `Bearer ${KEYS.all}` };
const call = (method: string, path: string) => harness.request(`/v1/queues${path}`, { method, headers: key });
const read = async (path: string) => (await call("GET", path)).json<Record<string, unknown>>();
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  harness.send("POST", `/v1/queues${path}`, body, headers);
const send = (body: unknown, headers?: Record<string, string>) => post("/mails/messages", body, headers);
const idsOf = async (response: Response) => (await response.json<{ ids: string[] }>()).ids;
const receive = async (options: object = {}) =>
  (await (await post("/mails/receive", options)).json<{ messages: Message[] }>()).messages;
const ack = (receipt: string) => call("DELETE", `/mails/messages/${receipt}`);
const extend = (receipt: string, body: unknown) =>
  harness.send("PATCH", `/v1/queues/mails/messages/${receipt}`, body);

const EMPTY = { queue: "mails", ready: 0, inFlight: 0, delayed: 0, dead: 0, oldestAgeSeconds: 0 };
const text = (bytes: number) => "x".repeat(bytes - 2);

describe("POST /v1/queues/{queue}/messages", () => {
  test("sends one message, or up to 100 in their order: 201 with their ids", async () => {
    const one = await send({ body: { to: "ada" } });
    expect(one.status).toBe(201);
    const many = await send({ messages: Array.from({ length: 100 }, (_, i) => ({ body: i })) });
    expect(many.status).toBe(201);
    const ids = [...(await idsOf(one)), ...(await idsOf(many))];
    const messages = [...(await receive({ max: 100 })), ...(await receive({ max: 100 }))];
    expect(messages.map(({ id }) => id)).toEqual(ids);
    expect(messages.map(({ body }) => body)).toEqual([
      { to: "ada" },
      ...Array.from({ length: 100 }, (_, i) => i),
    ]);
  });

  test.each([
    "null",
    "false",
    "0",
    '""',
    "[]",
    "{}",
    String.raw`{"__proto__":1,"constructor":{"a":"\u0000🪴"}}`,
    String.raw`"\ud800"`,
  ])("keeps the body %s as it is", async (body) => {
    expect((await send(`{"body":${body}}`)).status).toBe(201);
    const [message] = await receive();
    expect(JSON.stringify(message?.body)).toBe(body);
  });

  test("with a delay shows the message at its time", async () => {
    await send({ body: 1, delaySeconds: 60 });
    expect(await receive()).toEqual([]);
    expect(await read("/mails")).toEqual({ ...EMPTY, delayed: 1 });
    clock.advance(60);
    expect(await receive()).toMatchObject([{ body: 1 }]);
  });

  test("with a dedupId that was sent within 300 s sends nothing and answers the first id", async () => {
    const [first] = await idsOf(await send({ body: 1, dedupId: "order/7" }));
    clock.advance(299);
    const batch = {
      messages: [{ body: 2, dedupId: "order/7" }, { body: 3 }, { body: 4, dedupId: "order/7" }],
    };
    expect(await idsOf(await send(batch))).toEqual([first, expect.any(String), first]);
    expect((await receive({ max: 10 })).map(({ body }) => body)).toEqual([1, 3]);
  });

  test("with an Idempotency-Key sends once, and answers the repeat as the first; with another body it is a 422", async () => {
    const once = { "Idempotency-Key": "order 7" };
    const first = await send({ body: 1 }, once);
    const repeat = await send({ body: 1 }, once);
    expect([first.status, first.headers.get("Idempotency-Replayed")]).toEqual([201, null]);
    expect([repeat.status, repeat.headers.get("Idempotency-Replayed")]).toEqual([201, "true"]);
    expect(await repeat.json()).toEqual(await first.json());
    const other = await send({ body: 2 }, once);
    expect(other.status).toBe(422);
    expect((await problemOf(other)).type).toMatch(/#idempotency-key-reused$/);
    expect((await post("/other/messages", { body: 1 }, once)).headers.get("Idempotency-Replayed")).toBeNull();
    expect(await receive({ max: 10 })).toHaveLength(1);
    expect((await send({ body: 1 }, { "Idempotency-Key": "k".repeat(256) })).status).toBe(400);
  });

  test("takes 256 KiB a message and 1 MiB a request; more is a 413 that sends nothing", async () => {
    expect((await send({ body: text(262_144) })).status).toBe(201);
    const bodies = [{ body: text(262_145) }, { messages: [{ body: 1 }, { body: text(262_145) }] }];
    for (const body of [
      ...bodies,
      { messages: Array.from({ length: 4 }, () => ({ body: text(262_144) })) },
    ]) {
      const response = await send(body);
      expect(response.status).toBe(413);
      expect((await problemOf(response)).type).toMatch(/#content-too-large$/);
    }
    expect(await read("/mails")).toMatchObject({ ready: 1 });
  });

  test.each<[string, unknown]>([
    ["body", {}],
    ["body", { dedupId: "a" }],
    ["messages", { body: 1, messages: [{ body: 1 }] }],
    ["messages", { messages: [{ body: 1 }], delaySeconds: 1 }],
    ["messages", { messages: [] }],
    ["messages", { messages: Array.from({ length: 101 }, () => ({ body: 1 })) }],
    ["messages", { messages: { body: 1 } }],
    ["messages.1.body", { messages: [{ body: 1 }, {}] }],
    ["messages.0.messages", { messages: [{ body: 1, messages: [] }] }],
    ["delaySeconds", { body: 1, delaySeconds: -1 }],
    ["delaySeconds", { body: 1, delaySeconds: 604_801 }],
    ["delaySeconds", { body: 1, delaySeconds: 1.5 }],
    ["delaySeconds", { body: 1, delaySeconds: "1" }],
    ["dedupId", { body: 1, dedupId: "" }],
    ["dedupId", { body: 1, dedupId: "x".repeat(129) }],
    ["dedupId", { body: 1, dedupId: "\ud800" }],
    ["dedupId", { body: 1, dedupId: 7 }],
    ["body", `{"body":${"[".repeat(33)}${"]".repeat(33)}}`],
    ["body", '{"body": {"number": 1e400}}'],
    ["colour", { body: 1, colour: "red" }],
    ["", "[]"],
  ])("with a bad %s is a 400 that names it, and sends nothing", async (field, body) => {
    const response = await send(body);
    expect(response.status).toBe(400);
    expect((await problemOf(response)).errors?.map(({ path }) => path)).toContain(field);
    expect(await read("/mails")).toEqual(EMPTY);
  });
});

describe("POST /v1/queues/{queue}/receive", () => {
  test("answers messages with their receipts, and hides them for 30 s or as long as is said", async () => {
    const [id] = await idsOf(await send({ messages: [{ body: "a" }, { body: "b" }] }));
    const enqueuedAt = "2026-11-01T09:30:00.000Z";
    const [first] = await receive();
    expect(first).toEqual({ id, receipt: expect.any(String), body: "a", attempts: 1, enqueuedAt });
    expect(await receive({ max: 100, visibilitySeconds: 60 })).toMatchObject([{ body: "b" }]);
    clock.advance(30);
    expect(await receive({ max: 100 })).toEqual([
      { id, receipt: expect.not.stringMatching(`^${first?.receipt}$`), body: "a", attempts: 2, enqueuedAt },
    ]);
    expect(await receive({ max: 100 })).toEqual([]);
  });

  test.each<[string, unknown]>([
    ["max", { max: 0 }],
    ["max", { max: 101 }],
    ["max", { max: "1" }],
    ["visibilitySeconds", { visibilitySeconds: 0 }],
    ["visibilitySeconds", { visibilitySeconds: 43_201 }],
    ["visibilitySeconds", { visibilitySeconds: 1.5 }],
    ["waitSeconds", { waitSeconds: -1 }],
    ["waitSeconds", { waitSeconds: 21 }],
    ["waitSeconds", { waitSeconds: null }],
    ["wait", { wait: 1 }],
  ])("with a bad %s is a 400 that names it, and takes nothing", async (field, body) => {
    await send({ body: 1 });
    const response = await post("/mails/receive", body);
    expect(response.status).toBe(400);
    expect((await problemOf(response)).errors?.map(({ path }) => path)).toEqual([field]);
    expect(await read("/mails")).toMatchObject({ ready: 1, inFlight: 0 });
  });
});

describe("a receipt", () => {
  test("acks its message: 204, and then it is a 404", async () => {
    await send({ body: 1 });
    const [message] = await receive();
    const response = await ack(message?.receipt ?? "");
    expect([response.status, await response.text()]).toEqual([204, ""]);
    const again = await ack(message?.receipt ?? "");
    expect(again.status).toBe(404);
    expect((await problemOf(again)).type).toMatch(/#not-found$/);
    expect(await read("/mails")).toEqual(EMPTY);
  });

  test("extends it: 200 with the receipt and the time, and 0 gives it back", async () => {
    await send({ body: 1 });
    const receipt = (await receive())[0]?.receipt ?? "";
    const response = await extend(receipt, { visibilitySeconds: 3_600 });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ receipt, visibleAt: "2026-11-01T10:30:00.000Z" });
    clock.advance(3_599);
    expect(await receive()).toEqual([]);
    await extend(receipt, { visibilitySeconds: 0 });
    expect(await receive()).toMatchObject([{ attempts: 2 }]);
  });

  test("of an earlier receive is a 409 for both, and does nothing", async () => {
    await send({ body: 1 });
    const receipt = (await receive())[0]?.receipt ?? "";
    clock.advance(30);
    const [second] = await receive({ visibilitySeconds: 100 });
    for (const response of [await ack(receipt), await extend(receipt, { visibilitySeconds: 0 })]) {
      expect(response.status).toBe(409);
      expect((await problemOf(response)).type).toMatch(/#conflict$/);
    }
    expect(await receive()).toEqual([]);
    expect((await ack(second?.receipt ?? "")).status).toBe(204);
  });

  test("that was never given is a 404, and one that is no name a 400", async () => {
    for (const receipt of ["x", "1793525400000-000000.1", "maxAttempts"]) {
      expect((await ack(receipt)).status).toBe(404);
      expect((await extend(receipt, { visibilitySeconds: 1 })).status).toBe(404);
    }
    for (const receipt of ["%20", "a%2Fb", "x".repeat(129)]) {
      const response = await ack(receipt);
      expect(response.status).toBe(400);
      expect((await problemOf(response)).errors?.map(({ path }) => path)).toEqual(["receipt"]);
    }
  });

  test.each([{}, { visibilitySeconds: -1 }, { visibilitySeconds: 43_201 }, { visibilitySeconds: 0.5 }])(
    "with %j is a 400 that names the field",
    async (body) => {
      const response = await extend("x", body);
      expect(response.status).toBe(400);
      expect((await problemOf(response)).errors?.map(({ path }) => path)).toEqual(["visibilitySeconds"]);
    },
  );
});
