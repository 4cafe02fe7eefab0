import { describe, expect, test } from "vitest";
import { EngineError, EngineStatus } from "../../../local/engine.ts";
import { createFakeEngine, createTestApp, TOKEN } from "./fake-engine.ts";

/** Sends one request and says how the engine saw it. */
async function seen(path: string, init: RequestInit = {}) {
  const engine = createFakeEngine(() => new EngineStatus("OK"));
  const response = await createTestApp(engine).call(path, init);
  return { status: response.status, commands: engine.commands, json: await response.json() };
}

describe("methods", () => {
  test.each(["GET", "POST", "PUT"])("%s runs a command", async (method) => {
    expect(await seen("/ping", { method })).toEqual({
      status: 200,
      commands: [["ping"]],
      json: { result: "OK" },
    });
  });

  test("HEAD runs a command and answers without a body", async () => {
    const engine = createFakeEngine(() => 1);
    const response = await createTestApp(engine).call("/incr/k", { method: "HEAD" });
    expect([response.status, await response.text()]).toEqual([200, ""]);
    expect(engine.commands).toEqual([["incr", "k"]]);
  });

  test.each(["DELETE", "PATCH", "OPTIONS"])(
    "%s is 405, names what is allowed, and runs nothing",
    async (method) => {
      const engine = createFakeEngine();
      const response = await createTestApp(engine).call("/get/k", { method });
      expect(response.status).toBe(405);
      expect(response.headers.get("allow")).toBe("HEAD, GET, POST, PUT");
      expect(await response.json()).toEqual({ error: "ERR method not allowed" });
      expect(engine.commands).toEqual([]);
    },
  );
});

describe("auth", () => {
  const wrong = { error: "WRONGPASS invalid or missing auth token" };

  test.each([
    ["a wrong token", "/get/k", "Bearer wrong"],
    ["the token with a character more", "/get/k", `Bearer ${TOKEN}x`],
    ["an empty token", "/get/k", "Bearer "],
    ["a wrong token beside the right one in the query", `/get/k?_token=${TOKEN}`, "Bearer wrong"],
  ])("%s is 401", async (_, path, authorization) => {
    const { status, json, commands } = await seen(path, { headers: { authorization } });
    expect({ status, json, commands }).toEqual({ status: 401, json: wrong, commands: [] });
  });

  test.each([
    "/get/k",
    "/get/k?_token=wrong",
    "/get/k?_token",
    "/pipeline",
    "/subscribe/ch",
    "/monitor",
    "/",
  ])("%s without a header is 401", async (path) => {
    const engine = createFakeEngine();
    const response = await createTestApp(engine).app.request(path);
    expect([response.status, await response.json(), engine.open()]).toEqual([401, wrong, 0]);
  });

  test("the token in the query is enough, and is no argument", async () => {
    const engine = createFakeEngine();
    const response = await createTestApp(engine).app.request(`/set/k/v?EX=9&_token=${TOKEN}&NX`);
    expect(response.status).toBe(200);
    expect(engine.commands).toEqual([["set", "k", "v", "EX", "9", "NX"]]);
  });

  test("a token in the query is no argument beside a header either", async () => {
    expect((await seen("/get/k?_token=anything")).commands).toEqual([["get", "k"]]);
  });

  test("the scheme may be written in any case", async () => {
    expect((await seen("/get/k", { headers: { authorization: `bearer ${TOKEN}` } })).status).toBe(200);
  });
});

const post = (body: string) => seen("/", { method: "POST", body });

describe("a command in the body", () => {
  test("a JSON array is one command", async () => {
    expect((await post('["SET","foo","b\\u00e4r \\n"]')).commands).toEqual([["SET", "foo", "bär \n"]]);
  });

  test("numbers, booleans and null stand for their JSON text", async () => {
    const { commands } = await post('["X", 1, -1.5, 1e3, 1e21, true, false, null, ""]');
    expect(commands).toEqual([["X", "1", "-1.5", "1000", "1e+21", "true", "false", "null", ""]]);
  });

  test("an integer beyond 2^53 keeps its digits", async () => {
    expect((await post('["INCRBY","k",9007199254740993]')).commands).toEqual([
      ["INCRBY", "k", "9007199254740993"],
    ]);
  });

  test.each(["", "{", "null", '"GET"', '{"a":1}', "12", '["GET",["k"]]', '["GET",{"k":1}]'])(
    "%j cannot be parsed",
    async (body) => {
      expect(await post(body)).toEqual({
        status: 400,
        commands: [],
        json: { error: "ERR failed to parse command" },
      });
    },
  );

  test("an empty array is an empty command", async () => {
    expect(await post("[]")).toEqual({ status: 400, commands: [], json: { error: "ERR empty command" } });
  });

  test("a failing command is 400 with its error", async () => {
    const text = "WRONGTYPE Operation against a key holding the wrong kind of value";
    const engine = createFakeEngine(() => new EngineError(text));
    expect(await createTestApp(engine).post("/", ["GET", "list"])).toEqual({
      status: 400,
      json: { error: text },
    });
  });
});

describe("a command in the path", () => {
  test("each segment is an argument, percent-decoded", async () => {
    expect((await seen("/set/foo%2Fbar/a%20b+c%25/EX/100")).commands).toEqual([
      ["set", "foo/bar", "a b+c%", "EX", "100"],
    ]);
  });

  test("a body is the next argument, and the query's pairs follow it", async () => {
    const { commands } = await seen("/set/foo?EX=100&NX", { method: "POST", body: '["not parsed"]' });
    expect(commands).toEqual([["set", "foo", '["not parsed"]', "EX", "100", "NX"]]);
  });

  test("the query's values are decoded as a form's", async () => {
    expect((await seen("/set/foo?a+b=c%2Bd&e=")).commands).toEqual([["set", "foo", "a b", "c+d", "e", ""]]);
  });

  test("an empty segment is an empty argument", async () => {
    expect((await seen("/set//v")).commands).toEqual([["set", "", "v"]]);
  });

  test("bytes that are not UTF-8 pass, escaped or in the body", async () => {
    const engine = createFakeEngine((command) => command[2] ?? null);
    const { call } = createTestApp(engine);
    const base64 = { "upstash-encoding": "base64" };
    const escaped = await call("/set/k/%FF%00%c3%28", { headers: base64 });
    const body = await call("/set/k", {
      method: "POST",
      body: new Uint8Array([255, 0, 195, 40]),
      headers: base64,
    });
    expect([await escaped.json(), await body.json()]).toEqual([
      { result: "/wDDKA==" },
      { result: "/wDDKA==" },
    ]);
  });

  test.each(["/get/%zz", "/get/k?a=%f", "/get/k?%="])(
    "%s has a malformed escape and cannot be parsed",
    async (path) => {
      expect(await seen(path)).toEqual({
        status: 400,
        commands: [],
        json: { error: "ERR failed to parse command" },
      });
    },
  );
});
