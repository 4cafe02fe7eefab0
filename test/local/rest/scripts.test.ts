import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { type EngineCommand, EngineError, type EngineReply, EngineStatus } from "../../../local/engine.ts";
import { createScripts } from "../../../local/rest/scripts.ts";
import { createFakeEngine, createTestApp } from "./fake-engine.ts";

const sha1 = (text: string) => createHash("sha1").update(text).digest("hex");
const FLAG = "#!lua flags=allow-key-locking";
const SCRIPT = `${FLAG}\nreturn 1`;
const STRIPPED = `--${SCRIPT}`;
const NOSCRIPT = "NOSCRIPT No matching script. Please use EVAL.";

/** A Redis that knows scripts by the SHA of what it was given, and no shebang. */
function createScriptEngine() {
  const known = new Set<string>();
  const load = (text: string) => {
    if (text.startsWith("#!"))
      return new EngineError("ERR Unexpected flag in script shebang: allow-key-locking");
    known.add(sha1(text));
    return null;
  };
  const answers: Record<string, (...args: string[]) => EngineReply> = {
    EVAL: (text = "") => load(text) ?? 1,
    EVAL_RO: (text = "") => load(text) ?? 1,
    EVALSHA: (sha = "") => (known.has(sha.toLowerCase()) ? 1 : new EngineError(NOSCRIPT)),
    EVALSHA_RO: (sha = "") => (known.has(sha) ? 1 : new EngineError(NOSCRIPT)),
    "SCRIPT LOAD": (text = "") => load(text) ?? Buffer.from(sha1(text)),
    "SCRIPT EXISTS": (...shas) => shas.map((sha) => (known.has(sha) ? 1 : 0)),
    "SCRIPT FLUSH": () => {
      known.clear();
      return new EngineStatus("OK");
    },
  };
  return createFakeEngine((command: EngineCommand) => {
    const [name = "", first = "", ...rest] = command.map(String);
    const key = name.toUpperCase() === "SCRIPT" ? `SCRIPT ${first.toUpperCase()}` : name.toUpperCase();
    return answers[key]?.(...(key.startsWith("SCRIPT") ? rest : [first, ...rest])) ?? null;
  });
}

function start() {
  const engine = createScriptEngine();
  const { post } = createTestApp(engine);
  const run = async (...command: string[]) => (await post("/", command)).json;
  return { engine, post, run };
}

test("a script with Upstash's flag runs, its first line commented out and its line numbers kept", async () => {
  const { engine, run } = start();
  expect(await run("EVAL", SCRIPT, "1", "k", "v")).toEqual({ result: 1 });
  expect(engine.commands).toEqual([["EVAL", STRIPPED, "1", "k", "v"]]);
});

test.each(["EVAL", "eval", "EVAL_RO"])("%s makes the original's SHA known", async (name) => {
  const { run } = start();
  const sha = sha1(SCRIPT);
  expect(await run("EVALSHA", sha, "0")).toEqual({ error: NOSCRIPT });
  await run(name, SCRIPT, "0");
  expect(await run("EVALSHA", sha, "0")).toEqual({ result: 1 });
  expect(await run("EVALSHA_RO", sha, "0")).toEqual({ result: 1 });
  expect(await run("EVALSHA", sha.toUpperCase(), "0")).toEqual({ result: 1 });
});

test("SCRIPT LOAD answers the original's SHA, which then runs and exists", async () => {
  const { run } = start();
  expect(await run("SCRIPT", "LOAD", SCRIPT)).toEqual({ result: sha1(SCRIPT) });
  expect(await run("EVALSHA", sha1(SCRIPT), "0")).toEqual({ result: 1 });
  expect(await run("script", "exists", sha1(SCRIPT), sha1("other"), sha1(STRIPPED))).toEqual({
    result: [1, 0, 1],
  });
});

test("SCRIPT LOAD of what Redis refuses answers its error", async () => {
  const { engine, run } = start();
  engine.pipeline = async () => [new EngineError("ERR Error compiling script")];
  expect(await run("SCRIPT", "LOAD", SCRIPT)).toEqual({ error: "ERR Error compiling script" });
});

test("SCRIPT FLUSH forgets: NOSCRIPT comes verbatim", async () => {
  const { run } = start();
  await run("EVAL", SCRIPT, "0");
  expect(await run("SCRIPT", "FLUSH")).toEqual({ result: "OK" });
  expect(await run("EVALSHA", sha1(SCRIPT), "0")).toEqual({ error: NOSCRIPT });
  expect(await run("SCRIPT", "EXISTS", sha1(SCRIPT))).toEqual({ result: [0] });
});

describe.each(["/pipeline", "/multi-exec"])("inside %s", (path) => {
  test("each command sees the scripts of those before it", async () => {
    const { post } = start();
    const { json } = await post(path, [
      ["EVALSHA", sha1(SCRIPT), 0],
      ["SCRIPT", "LOAD", SCRIPT],
      ["EVALSHA", sha1(SCRIPT), 0],
      ["SCRIPT", "FLUSH"],
      ["EVALSHA", sha1(SCRIPT), 0],
    ]);
    expect(json).toEqual([
      { error: NOSCRIPT },
      { result: sha1(SCRIPT) },
      { result: 1 },
      { result: "OK" },
      { error: NOSCRIPT },
    ]);
  });
});

describe("left as they are", () => {
  test.each([
    ["a script without a shebang", "return 1"],
    ["a shebang that is not the first line", `\n${SCRIPT}`],
    ["another interpreter", "#!luajit\nreturn 1"],
    ["a shebang without a script", FLAG],
    ["an empty script", ""],
  ])("%s", async (_, text) => {
    const { engine, run } = start();
    await run("EVAL", text, "0");
    await run("SCRIPT", "LOAD", text);
    expect(engine.commands.map((command) => command.slice(0, 3))).toEqual([
      ["EVAL", text, "0"],
      ["SCRIPT", "LOAD", text],
    ]);
  });

  test("commands that lack their script", async () => {
    const { engine, run } = start();
    for (const command of [["EVAL"], ["EVALSHA"], ["SCRIPT"], ["SCRIPT", "LOAD"], ["SCRIPT", "EXISTS"]]) {
      await run(...command);
    }
    expect(engine.commands).toHaveLength(5);
  });
});

test.each(["#!lua\nreturn 1", "#!lua\r\nreturn 1", "#!lua flags=no-writes,allow-key-locking\nreturn 1"])(
  "%j is commented out",
  async (text) => {
    const { engine, run } = start();
    await run("EVAL", text, "0");
    expect(engine.commands[0]?.[1]).toBe(`--${text}`);
  },
);

const text = (n: number) => `${FLAG}\nreturn ${n}`;

test("what is remembered is bounded, and the one not used for longest goes first", () => {
  const scripts = createScripts({ maxEntries: 2 });
  const shaSent = (n: number) =>
    String(scripts.rewrite("EVALSHA", [Buffer.from("EVALSHA"), Buffer.from(sha1(text(n)))]).command[1]);
  const evaluate = (n: number) => scripts.rewrite("EVAL", [Buffer.from("EVAL"), Buffer.from(text(n))]);

  evaluate(1);
  evaluate(2);
  expect(shaSent(1)).toBe(sha1(`--${text(1)}`));
  evaluate(3);
  expect(shaSent(2)).toBe(sha1(text(2)));
  expect(shaSent(1)).toBe(sha1(`--${text(1)}`));
  expect(shaSent(3)).toBe(sha1(`--${text(3)}`));
});
