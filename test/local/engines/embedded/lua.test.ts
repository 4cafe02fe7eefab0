// Lua in the embedded engine, after scripts that break the VM it runs in.

import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Engine } from "../../../../local/engine.ts";
import { createEmbeddedEngine } from "../../../../local/engines/embedded/engine.ts";
import { run } from "../support.ts";

let engine: Engine;

beforeEach(async () => {
  engine = await createEmbeddedEngine({ stateDir: null, log: () => {} });
});
afterEach(() => engine.close());

const SOUND = "redis.call('SET', KEYS[1], ARGV[1]) return {redis.call('GET', KEYS[1]), redis.sha1hex('x')}";

async function expectSound(): Promise<void> {
  expect(await run(engine, "EVAL", SOUND, 1, "k", "v")).toEqual([
    "v",
    "11f6ad8ec52a2984abaafd7c3b516503785c2072",
  ]);
}

function depthOf(reply: unknown): number {
  let depth = 0;
  for (let at = reply; Array.isArray(at); at = at[0]) depth++;
  return depth;
}

describe("scripts go on working", () => {
  test.each([40, 60, 100, 250])("after a reply nested %i deep, which comes whole", async (depth) => {
    await expectSound();
    const reply = await run(engine, "EVAL", `local t = {} for i = 1, ${depth} do t = {t} end return t`, 0);
    expect(depthOf(reply)).toBe(depth + 1);
    await expectSound();
  });

  test("after a script that runs out of memory", async () => {
    expect(await run(engine, "EVAL", "local t = 'x' for i = 1, 40 do t = t .. t end return 1", 0)).toMatch(
      /^-ERR/,
    );
    await expectSound();
  });

  test("after JSON nested too deep for the stack", async () => {
    const json = "[".repeat(900) + "]".repeat(900);
    expect(await run(engine, "EVAL", "return #cjson.encode(cjson.decode(ARGV[1]))", 0, json)).toMatch(
      /^-ERR/,
    );
    await expectSound();
  });

  test("after a table that holds itself", async () => {
    expect(await run(engine, "EVAL", "local t = {} t[1] = t return t", 0)).toMatch(
      /^-ERR reached lua stack limit/,
    );
    await expectSound();
  });

  test("by their SHA too", async () => {
    const sha = await run(engine, "SCRIPT", "LOAD", "return ARGV[1]");
    await run(engine, "EVAL", "local t = {} for i = 1, 100 do t = {t} end return t", 0);
    expect(await run(engine, "EVALSHA", String(sha), 0, "x")).toBe("x");
  });
});

test("a script may take millions of steps, and an endless one is ended", async () => {
  expect(await run(engine, "EVAL", "local n = 0 for i = 1, 2e7 do n = n + 1 end return n", 0)).toBe(
    20_000_000,
  );
  expect(await run(engine, "EVAL", "while true do end", 0)).toMatch(/^-ERR .*Script killed/);
  await expectSound();
}, 30_000);

test("numbers reach commands exact, up to 2^53", async () => {
  expect(await run(engine, "EVAL", "return redis.call('SET', KEYS[1], 2^53 - 1)", 1, "k")).toBe("+OK");
  expect(await run(engine, "GET", "k")).toBe("9007199254740991");
  expect(await run(engine, "EVAL", "return redis.pcall('ECHO', 0.1)", 0)).toBe("0.10000000000000001");
});

test("an error names the script's own line and SHA", async () => {
  const script = "local key = KEYS[1]\nredis.call('SET', key, 'text')\n\nredis.call('LPUSH', key, 1)";
  const sha = createHash("sha1").update(script).digest("hex");
  const text = "WRONGTYPE Operation against a key holding the wrong kind of value";
  expect(await run(engine, "EVAL", script, 1, "k")).toBe(`-${text} script: ${sha}, on @user_script:4.`);
  expect(await run(engine, "EVALSHA", sha, 1, "k")).toBe(`-${text} script: ${sha}, on @user_script:4.`);
});

test("a script of two halves that only the engine's own lines would join does not run", async () => {
  const halves = "return 1 end)(...)), (function(...) return 2";
  expect(await run(engine, "EVAL", halves, 0)).toMatch(/^-ERR .*user_script:1:/);
});

test("TIME inside a script is the time outside", async () => {
  const [inside] = (await run(engine, "EVAL", "return redis.call('TIME')", 0)) as [string, string];
  const [outside] = (await run(engine, "TIME")) as [string, string];
  expect(Number(outside) - Number(inside)).toBeLessThanOrEqual(1);
});
