import { describe, expect, test } from "vitest";
import { EngineError, EngineStatus } from "../../../local/engine.ts";
import { createFakeEngine, createTestApp } from "./fake-engine.ts";

describe.each(["/pipeline", "/multi-exec"])("%s", (path) => {
  test("answers each command in order, a failing one in its place", async () => {
    const engine = createFakeEngine(([name]) =>
      String(name) === "INCR"
        ? new EngineError("ERR value is not an integer or out of range")
        : new EngineStatus("OK"),
    );
    const { post } = createTestApp(engine);
    expect(
      await post(path, [
        ["SET", "k", "v"],
        ["INCR", "k"],
        ["SET", "k", 2],
      ]),
    ).toEqual({
      status: 200,
      json: [{ result: "OK" }, { error: "ERR value is not an integer or out of range" }, { result: "OK" }],
    });
    expect(engine.commands).toEqual([
      ["SET", "k", "v"],
      ["INCR", "k"],
      ["SET", "k", "2"],
    ]);
  });

  test("is one call of the engine", async () => {
    const engine = createFakeEngine(() => 1);
    await createTestApp(engine).post(
      path,
      Array.from({ length: 100 }, () => ["INCR", "k"]),
    );
    expect(engine.calls).toEqual([path === "/pipeline" ? "pipeline" : "transaction"]);
  });

  test.each([
    ["", "ERR failed to parse pipeline request"],
    ["{}", "ERR failed to parse pipeline request"],
    ['["PING"]', "ERR failed to parse pipeline request"],
    ['[["PING"],"PING"]', "ERR failed to parse pipeline request"],
    ['[["PING",{}]]', "ERR failed to parse pipeline request"],
    ["[]", "ERR empty pipeline request"],
    ['[["PING"],[]]', "ERR empty pipeline command"],
  ])("%j is 400 %s, and runs nothing", async (body, error) => {
    const engine = createFakeEngine();
    const response = await createTestApp(engine).call(path, { method: "POST", body });
    expect([response.status, await response.json(), engine.commands]).toEqual([400, { error }, []]);
  });
});

test("a refused command of a pipeline is an error in its place, and the others run", async () => {
  const engine = createFakeEngine(() => 7);
  const { status, json } = await createTestApp(engine).post("/pipeline", [
    ["INCR", "a"],
    ["BLPOP", "l", 0],
    ["INCR", "b"],
  ]);
  expect(status).toBe(200);
  expect(json).toEqual([
    { result: 7 },
    { error: expect.stringContaining("BLPOP is not available") },
    { result: 7 },
  ]);
  expect(engine.commands.map(([, key]) => key)).toEqual(["a", "b"]);
});

test("a pipeline of refused commands alone does not call the engine", async () => {
  const engine = createFakeEngine();
  await createTestApp(engine).post("/pipeline", [["MULTI"], ["EXEC"]]);
  expect(engine.calls).toEqual([]);
});

test("a refused command discards its transaction", async () => {
  const engine = createFakeEngine();
  const { status, json } = await createTestApp(engine).post("/multi-exec", [
    ["INCR", "a"],
    ["WATCH", "a"],
  ]);
  expect(status).toBe(400);
  expect(json).toEqual({ error: expect.stringMatching(/^EXECABORT .*WATCH is not available/) });
  expect(engine.calls).toEqual([]);
});

test("a transaction that Redis discards is a single error with 400", async () => {
  const engine = createFakeEngine();
  engine.transaction = async () =>
    new EngineError("EXECABORT Transaction discarded because of previous errors.");
  expect(await createTestApp(engine).post("/multi-exec", [["NOSUCH"]])).toEqual({
    status: 400,
    json: { error: "EXECABORT Transaction discarded because of previous errors." },
  });
});
