import { describe, expect, test } from "vitest";
import { EngineError, type EngineReply, EngineStatus } from "../../../local/engine.ts";
import { createFakeEngine, createTestApp } from "./fake-engine.ts";

const BASE64 = { "upstash-encoding": "base64" };
const RESP2 = { "upstash-response-format": "resp2" };

async function answer(reply: EngineReply, headers: Record<string, string> = {}, path = "/", body = '["X"]') {
  const engine = createFakeEngine(() => reply);
  return createTestApp(engine).call(path, { method: "POST", body, headers });
}
const text = async (...args: Parameters<typeof answer>) => (await answer(...args)).text();

describe("JSON", () => {
  test.each<[string, EngineReply]>([
    ['{"result":null}', null],
    ['{"result":137}', 137],
    ['{"result":"a \\"b\\"\\n"}', Buffer.from('a "b"\n')],
    ['{"result":"OK"}', new EngineStatus("OK")],
    ['{"result":"PONG"}', new EngineStatus("PONG")],
    ['{"result":["a",null,[1,[]]]}', [Buffer.from("a"), null, [1, []]]],
    ['{"result":9007199254740993}', 9007199254740993n],
    [
      '{"result":["a","ERR in a script\'s table"]}',
      [Buffer.from("a"), new EngineError("ERR in a script's table")],
    ],
  ])("%s", async (json, reply) => {
    expect(await text(reply)).toBe(json);
  });

  test("bytes that are not UTF-8 become U+FFFD", async () => {
    expect(await text(Buffer.from([0x61, 0xff, 0x62]))).toBe('{"result":"a\uFFFDb"}');
  });

  test("is announced as JSON, errors too", async () => {
    for (const reply of [1, new EngineError("ERR x")]) {
      expect((await answer(reply)).headers.get("content-type")).toBe("application/json");
    }
  });
});

describe("base64", () => {
  test.each<[string, EngineReply]>([
    ['{"result":"YmFy"}', Buffer.from("bar")],
    ['{"result":"AP8="}', Buffer.from([0, 255])],
    ['{"result":""}', Buffer.from("")],
    ['{"result":"OK"}', new EngineStatus("OK")],
    ['{"result":"UE9ORw=="}', new EngineStatus("PONG")],
    ['{"result":["T0s=",["YQ==",5,null]]}', [new EngineStatus("OK"), [Buffer.from("a"), 5, null]]],
    ['{"result":5}', 5],
    ['{"result":null}', null],
    ['{"error":"ERR as it is"}', new EngineError("ERR as it is")],
  ])("%s", async (json, reply) => {
    expect(await text(reply, BASE64)).toBe(json);
  });

  test("holds for each item of a pipeline and of a transaction", async () => {
    for (const path of ["/pipeline", "/multi-exec"]) {
      expect(await text(Buffer.from("bar"), BASE64, path, '[["X"],["Y"]]')).toBe(
        '[{"result":"YmFy"},{"result":"YmFy"}]',
      );
      expect(await text(new EngineStatus("OK"), BASE64, path, '[["X"]]')).toBe('[{"result":"OK"}]');
    }
  });

  test("another encoding is overlooked", async () => {
    expect(await text(Buffer.from("bar"), { "upstash-encoding": "gzip" })).toBe('{"result":"bar"}');
  });
});

describe("RESP2", () => {
  test.each<[string, EngineReply]>([
    ["$-1\r\n", null],
    [":137\r\n", 137],
    [":9007199254740993\r\n", 9007199254740993n],
    ["$4\r\nbär\r\n", Buffer.from("bär")],
    ["+OK\r\n", new EngineStatus("OK")],
    ["*3\r\n$1\r\na\r\n*2\r\n:1\r\n$-1\r\n*0\r\n", [Buffer.from("a"), [1, null], []]],
  ])("%j", async (resp, reply) => {
    const response = await answer(reply, RESP2);
    expect([response.status, response.headers.get("content-type"), await response.text()]).toEqual([
      200,
      "application/octet-stream",
      resp,
    ]);
  });

  test("keeps bytes", async () => {
    const response = await answer(Buffer.from([255, 0, 13, 10]), RESP2);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.from("$4\r\n\xff\0\r\n\r\n", "latin1"));
  });

  test("a failing command is 400 with an error reply on one line", async () => {
    const response = await answer(new EngineError("ERR two\r\nlines"), RESP2);
    expect([response.status, await response.text()]).toEqual([400, "-ERR two lines\r\n"]);
  });

  test("a pipeline is its replies one behind the other", async () => {
    expect(await text(1, RESP2, "/pipeline", '[["X"],["WATCH","k"],["Y"]]')).toMatch(
      /^:1\r\n-ERR WATCH .*\r\n:1\r\n$/,
    );
  });

  test("a transaction stays JSON", async () => {
    const response = await answer(1, RESP2, "/multi-exec", '[["X"]]');
    expect([response.headers.get("content-type"), await response.text()]).toEqual([
      "application/json",
      '[{"result":1}]',
    ]);
  });

  test.each<[string, Record<string, string>]>([
    ["together with base64", { ...BASE64, ...RESP2 }],
    ["of another version", { "upstash-response-format": "resp3" }],
  ])("%s is 400, in JSON, and runs nothing", async (_, headers) => {
    const engine = createFakeEngine();
    const { status, json } = await createTestApp(engine).post("/", ["X"], headers);
    expect([status, json, engine.commands]).toEqual([
      400,
      { error: expect.stringMatching(/^ERR Upstash-/) },
      [],
    ]);
  });

  test("json is what it is without the header", async () => {
    expect(await text(1, { "upstash-response-format": "json" })).toBe('{"result":1}');
  });
});

describe("sync tokens", () => {
  test("each answer has a new one, whatever was sent", async () => {
    const { call } = createTestApp(createFakeEngine(() => 1));
    const tokens: (string | null)[] = [];
    for (const sent of [undefined, "", "abc", tokens[0] ?? ""]) {
      const headers: HeadersInit = sent === undefined ? {} : { "upstash-sync-token": sent };
      const response = await call("/incr/k", { headers });
      expect(response.status).toBe(200);
      tokens.push(response.headers.get("upstash-sync-token"));
    }
    expect(tokens).not.toContain(null);
    expect(tokens).not.toContain("");
    expect(new Set(tokens).size).toBe(4);
  });

  test("pipelines and transactions have one too", async () => {
    for (const path of ["/pipeline", "/multi-exec"]) {
      expect((await answer(1, {}, path, '[["X"]]')).headers.get("upstash-sync-token")).toBeTruthy();
    }
  });

  test("telemetry headers are overlooked", async () => {
    expect(await text(1, { "upstash-telemetry-sdk": "x@1", "upstash-telemetry-runtime": "node" })).toBe(
      '{"result":1}',
    );
  });
});
