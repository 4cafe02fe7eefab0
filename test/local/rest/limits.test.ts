import { expect, test } from "vitest";
import { createFakeEngine, createTestApp } from "./fake-engine.ts";

const TOO_LARGE = { error: "ERR max request size exceeded. Limit: 100 bytes" };
const PATHS = ["/", "/pipeline", "/multi-exec", "/set/k"];

/** A body of so many chunks of 20 bytes. */
function stream(chunks: number): RequestInit {
  let left = chunks;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (left-- > 0) controller.enqueue(new Uint8Array(20).fill(0x20));
      else controller.close();
    },
  });
  // `duplex` is what fetch wants for a streamed body, and no type knows.
  return { body, duplex: "half" } as RequestInit;
}

async function send(path: string, init: RequestInit) {
  const engine = createFakeEngine(() => 1);
  const { call } = createTestApp(engine, { maxRequestBytes: 100 });
  const response = await call(path, { method: "POST", ...init });
  return { status: response.status, json: await response.json(), ran: engine.calls.length > 0 };
}

test.each(PATHS)("%s refuses a body announced as too large with 413", async (path) => {
  const body = `["${"x".repeat(97)}"]`;
  const headers = { "content-length": String(body.length) };
  expect(await send(path, { body, headers })).toEqual({ status: 413, json: TOO_LARGE, ran: false });
});

test.each(PATHS)("%s refuses an endless body with 413", async (path) => {
  expect(await send(path, stream(Number.POSITIVE_INFINITY))).toEqual({
    status: 413,
    json: TOO_LARGE,
    ran: false,
  });
});

test("a body of exactly the limit passes, announced or not", async () => {
  const body = `["${"x".repeat(96)}"]`;
  expect((await send("/", { body, headers: { "content-length": "100" } })).status).toBe(200);
  expect((await send("/set/k", stream(5))).status).toBe(200);
});

test("the limit is 10 MiB where nothing is said", async () => {
  const { call } = createTestApp(createFakeEngine(() => 1));
  const post = (size: number) => call("/set/k", { method: "POST", body: new Uint8Array(size) });
  expect((await post(10 * 1024 * 1024)).status).toBe(200);
  expect((await post(10 * 1024 * 1024 + 1)).status).toBe(413);
});
