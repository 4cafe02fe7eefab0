import { describe, expect, test } from "vitest";
import type { EngineMessage } from "../../../local/engine.ts";
import { createFakeEngine, createTestApp } from "./fake-engine.ts";

const CLIENT = { method: "POST", body: "[]", headers: { accept: "text/event-stream" } };

const message = (
  channel: string,
  payload: string | Buffer,
  pattern: string | null = null,
): EngineMessage => ({
  pattern,
  channel,
  payload: Buffer.from(payload),
});

async function open(path: string, init: RequestInit = CLIENT) {
  const engine = createFakeEngine();
  const app = createTestApp(engine);
  const response = await app.call(path, init);
  if (response.body === null) throw new Error("no stream");
  const reader = response.body.getReader();
  /** Reads the next frames, exactly as they stand on the wire. */
  const frames = async (count: number) => {
    let text = "";
    while (text.split("\n\n").length <= count)
      text += Buffer.from((await reader.read()).value ?? []).toString();
    return text;
  };
  return { engine, app, response, reader, frames };
}

test("/subscribe: the frames are exact, the first one the acknowledgement", async () => {
  const { engine, response, frames } = await open("/subscribe/chat");
  engine.publish(message("chat", "hello"));
  engine.publish(message("chat", '{"a":[1,2]}'));
  expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/event-stream"]);
  expect(await frames(3)).toBe(
    'data: subscribe,chat,1\n\ndata: message,chat,hello\n\ndata: message,chat,{"a":[1,2]}\n\n',
  );
});

test("/psubscribe: messages carry their pattern", async () => {
  const { engine, frames } = await open("/psubscribe/user:*");
  engine.publish(message("user:1", "hi", "user:*"));
  expect(await frames(2)).toBe("data: psubscribe,user:*,1\n\ndata: pmessage,user:*,user:1,hi\n\n");
});

test("/monitor: OK, then a line for each command", async () => {
  const { engine, frames } = await open("/monitor");
  engine.report('1721284005.242090 [0 0.0.0.0:0] "GET" "k"');
  expect(await frames(2)).toBe('data: "OK"\n\ndata: 1721284005.242090 [0 0.0.0.0:0] "GET" "k"\n\n');
});

test.each(["/subscribe/chat", "/psubscribe/c*", "/monitor"])("%s works by GET too", async (path) => {
  const { frames } = await open(path, { method: "GET" });
  expect(await frames(1)).toMatch(/^data: /);
});

test.each(["/subscribe/chat", "/psubscribe/c*", "/monitor"])("HEAD %s opens nothing", async (path) => {
  const engine = createFakeEngine();
  const response = await createTestApp(engine).call(path, { method: "HEAD" });
  expect([response.status, response.headers.get("content-type"), engine.open()]).toEqual([
    200,
    "text/event-stream",
    0,
  ]);
});

test("several channels are acknowledged one by one", async () => {
  const { frames } = await open("/subscribe/a/b%2Fc");
  expect(await frames(2)).toBe("data: subscribe,a,1\n\ndata: subscribe,b/c,2\n\n");
});

test("the payload is never base64", async () => {
  const { engine, frames } = await open("/subscribe/ch", {
    ...CLIENT,
    headers: { "upstash-encoding": "base64" },
  });
  engine.publish(message("ch", "plain"));
  expect(await frames(2)).toContain("data: message,ch,plain\n\n");
});

describe("a payload stays on one line", () => {
  test.each([
    ["JSON's line breaks become spaces", '{\n  "a": 1\r\n}', '{   "a": 1 }'],
    ["other text becomes a JSON string", "two\nlines", '"two\\nlines"'],
    ["text on one line stays as it is", "a, b", "a, b"],
    ["an empty payload stays empty", "", ""],
  ])("%s", async (_, payload, line) => {
    const { engine, frames } = await open("/subscribe/ch");
    engine.publish(message("ch", payload));
    expect(await frames(2)).toBe(`data: subscribe,ch,1\n\ndata: message,ch,${line}\n\n`);
  });
});

test.each(["/subscribe", "/subscribe/", "/psubscribe/", "/subscribe/%zz"])(
  "%s names no channel: 400",
  async (path) => {
    const engine = createFakeEngine();
    const response = await createTestApp(engine).call(path, CLIENT);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      error: expect.stringMatching(/^ERR wrong number of arguments for 'p?subscribe'/),
    });
  },
);

describe("a subscription ends", () => {
  test.each(["/subscribe/ch", "/psubscribe/ch", "/monitor"])("%s when the reader leaves", async (path) => {
    const { engine, reader } = await open(path);
    expect(engine.open()).toBe(1);
    await reader.cancel();
    expect(engine.open()).toBe(0);
    engine.publish(message("ch", "late"));
  });

  test("when the request is aborted", async () => {
    const abort = new AbortController();
    const { engine, reader, frames } = await open("/subscribe/ch", { ...CLIENT, signal: abort.signal });
    await frames(1);
    abort.abort();
    expect(engine.open()).toBe(0);
    expect((await reader.read()).done).toBe(true);
  });

  test("when the request was aborted while the subscription was being made", async () => {
    const abort = new AbortController();
    const engine = createFakeEngine();
    let left = false;
    engine.subscribe = async () => {
      abort.abort();
      return () => {
        left = true;
      };
    };
    await createTestApp(engine).call("/subscribe/ch", { ...CLIENT, signal: abort.signal });
    expect(left).toBe(true);
  });

  test("when the server closes its streams", async () => {
    const { engine, app, reader, frames } = await open("/subscribe/ch");
    await frames(1);
    app.closeStreams();
    expect((await reader.read()).done).toBe(true);
    expect(engine.open()).toBe(0);
  });

  test("when the reader leaves 32 MiB unread", async () => {
    const { engine } = await open("/subscribe/ch");
    const payload = Buffer.alloc(1024 * 1024, "x");
    for (let sent = 0; sent < 31; sent++) engine.publish(message("ch", payload));
    expect(engine.open()).toBe(1);
    for (let sent = 0; sent < 2; sent++) engine.publish(message("ch", payload));
    expect(engine.open()).toBe(0);
  });
});

test("what arrives while the subscription is being made comes behind the acknowledgement", async () => {
  const engine = createFakeEngine();
  engine.subscribe = async (_kind, _channels, listener) => {
    listener(message("ch", "early"));
    return () => {};
  };
  const response = await createTestApp(engine).call("/subscribe/ch", CLIENT);
  const reader = response.body?.getReader();
  const first = Buffer.from((await reader?.read())?.value ?? []).toString();
  const second = Buffer.from((await reader?.read())?.value ?? []).toString();
  expect(first + second).toBe("data: subscribe,ch,1\n\ndata: message,ch,early\n\n");
});
