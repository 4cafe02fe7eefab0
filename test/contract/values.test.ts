import { describe, expect, test } from "vitest";
import { createClient, key, post, redis, run, token, url } from "./support.ts";

const BYTES = Buffer.from(Array.from({ length: 256 }, (_, index) => index));

/** A request as it is, with the token, and with further headers. */
function raw(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set("authorization", `Bearer ${token}`);
  return fetch(`${url}${path}`, { ...init, headers });
}

describe("strings come back as they went in", () => {
  test.each([
    ["empty", ""],
    ["a space", " "],
    ["line breaks and zero", "a\r\nb\0c"],
    ["quotes and backslashes", '"\\" \\n \\u0041'],
    ["German", "Grüße, Straße"],
    ["emoji of several code points", "👩‍👩‍👧‍👦🏳️‍🌈"],
    ["Chinese", "你好，世界"],
    ["right to left", "שלום مرحبا"],
    ["combining characters", "e\u0301"],
    ["what looks like base64", "YmFy"],
    ["OK", "OK"],
    ["a leading zero", "007"],
    ["a number too large", "9007199254740993"],
    ["an exponent", "1e5"],
    ["a megabyte", "x".repeat(1024 * 1024)],
  ])("%s", async (_, value) => {
    const k = key("odd");
    expect(await post("/", ["SET", k, value])).toEqual({ result: "OK" });
    expect(await post("/", ["GET", k])).toEqual({ result: value });
    expect(await createClient({ automaticDeserialization: false }).get(k)).toBe(value);
    expect(await createClient({ responseEncoding: false }).get<unknown>(k)).toBe(value);
    expect(await post("/", ["STRLEN", k])).toEqual({ result: Buffer.byteLength(value) });
  });
});

test("every byte survives, in by the body of a path command and out by base64 and RESP2", async () => {
  const path = encodeURIComponent(key("bytes"));
  const set = await raw(`/set/${path}?EX=100`, { method: "POST", body: BYTES });
  expect(await set.json()).toEqual({ result: "OK" });
  const base64 = await raw(`/get/${path}`, { headers: { "upstash-encoding": "base64" } });
  expect(await base64.json()).toEqual({ result: BYTES.toString("base64") });
  const resp2 = await raw(`/get/${path}`, { headers: { "upstash-response-format": "resp2" } });
  expect(Buffer.from(await resp2.arrayBuffer())).toEqual(
    Buffer.concat([Buffer.from("$256\r\n"), BYTES, Buffer.from("\r\n")]),
  );
  const plain = await raw(`/get/${path}`);
  expect(await plain.json()).toEqual({ result: expect.stringContaining("\uFFFD") });
});

test("bytes in hash fields, list items, members and stream fields survive", async () => {
  const script = `
    local b = redis.call('GET', KEYS[1])
    redis.call('HSET', KEYS[2], b, b) redis.call('RPUSH', KEYS[3], b) redis.call('ZADD', KEYS[4], 1, b)
    redis.call('XADD', KEYS[5], '1-0', b, b)`;
  await raw(`/set/${encodeURIComponent(key("b0"))}`, { method: "POST", body: BYTES });
  const keys = ["b0", "b1", "b2", "b3", "b4"].map(key);
  await post("/", ["EVAL", script, keys.length, ...keys]);
  const encoded = BYTES.toString("base64");
  const answer = await raw("/pipeline", {
    method: "POST",
    headers: { "upstash-encoding": "base64" },
    body: JSON.stringify([
      ["HGETALL", keys[1]],
      ["LRANGE", keys[2], 0, -1],
      ["ZRANGE", keys[3], 0, -1],
      ["XRANGE", keys[4], "-", "+"],
    ]),
  });
  expect(await answer.json()).toEqual([
    { result: [encoded, encoded] },
    { result: [encoded] },
    { result: [encoded] },
    { result: [[Buffer.from("1-0").toString("base64"), [encoded, encoded]]] },
  ]);
});

test("keys may be any bytes", async () => {
  const k = `${encodeURIComponent(key("k"))}%00%ff%20%0a`;
  expect(await (await raw(`/set/${k}/v`)).json()).toEqual({ result: "OK" });
  expect(await (await raw(`/get/${k}`)).json()).toEqual({ result: "v" });
  expect(await (await raw(`/del/${k}`)).json()).toEqual({ result: 1 });
});

test("integers beyond 2^53 are written in full, though a client that parses JSON numbers rounds them", async () => {
  await run("SET @big 9007199254740992");
  const answer = await raw(`/incr/${encodeURIComponent(key("big"))}`);
  expect(await answer.text()).toBe('{"result":9007199254740993}');
  expect(await redis.incr(key("big"))).toBe(9007199254740994);
  expect(await redis.incr(key("big"))).toBe(9007199254740996);
  // Read as a string it is exact.
  expect(await redis.get(key("big"))).toBe("9007199254740995");
});

test("an integer argument beyond 2^53 keeps its digits", async () => {
  await raw("/", { method: "POST", body: `["INCRBY","${key("big2")}",9007199254740993]` });
  expect(await run("GET @big2")).toBe("9007199254740993");
});

test("numbers, booleans and null are stored as their text", async () => {
  await post(
    "/pipeline",
    [1.5, true, false, null, 0, -0.5].map((value, index) => ["RPUSH", key("text"), value, index]),
  );
  const stored = ["1.5", "true", "false", "null", "0", "-0.5"].flatMap((text, index) => [
    text,
    String(index),
  ]);
  expect(await run("LRANGE @text 0 -1")).toEqual(stored);
});

test("what the client's own deserialization makes of values", async () => {
  const k = key("auto");
  const cases: [stored: string, read: unknown][] = [
    ["true", true],
    ["null", null],
    ['"x"', "x"],
    ["007", "007"],
    ["1e5", "1e5"],
    ["12", 12],
    ['{"a":1}', { a: 1 }],
    ["plain", "plain"],
  ];
  for (const [stored, read] of cases) {
    await run(["SET", "@auto", stored]);
    expect(await redis.get(k)).toEqual(read);
  }
});
