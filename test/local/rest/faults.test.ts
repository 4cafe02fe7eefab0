import { describe, expect, test } from "vitest";
import { createDeadEngine, createFakeEngine, createTestApp } from "./fake-engine.ts";

describe("a Redis that cannot be reached", () => {
  test.each(["/get/k", "/pipeline", "/multi-exec", "/subscribe/ch", "/psubscribe/p", "/monitor", "/"])(
    "%s is 503 in JSON that names no address and no password",
    async (path) => {
      const body = path === "/" ? '["GET","k"]' : '[["GET","k"]]';
      const response = await createTestApp(createDeadEngine()).call(path, { method: "POST", body });
      expect(response.status).toBe(503);
      expect(await response.json()).toEqual({ error: "ERR the Redis behind this server cannot be reached" });
    },
  );
});

test("a fault in an engine's answer is 500 in JSON, told to the log and not to the caller", async () => {
  const lines: string[] = [];
  const engine = createFakeEngine();
  // Not iterable: an engine that breaks its contract.
  engine.pipeline = async () => [{} as never];
  const { call } = createTestApp(engine, { log: (line) => lines.push(line) });
  const response = await call("/get/k");
  expect([response.status, await response.json()]).toEqual([
    500,
    { error: "ERR internal error of the REST server" },
  ]);
  expect(lines.join("\n")).toContain("TypeError");
});
