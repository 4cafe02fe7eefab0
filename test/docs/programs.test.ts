// Each page's TypeScript, run against a local Redis of its own: the embedded one, as the pages say.

import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { openEngine } from "../../local/engines/open.ts";
import { serveRedis } from "../../local/serve.ts";
import { readPages, root } from "./markdown.ts";
import { hasProgram, writePrograms } from "./programs.ts";

const run = promisify(execFile);
const pages = readPages().filter(hasProgram);
/** On two busy processors the compiler alone takes some ten seconds. */
const timeout = 60_000;

it("shows TypeScript that compiles, as strictly as the sources", { timeout }, async () => {
  const programs = await writePrograms(pages);
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  const { stdout } = await run(process.execPath, [tsc, "-p", programs.folder]).catch(
    (error: { stdout: string }) => error,
  );
  await programs.remove();
  expect(stdout).toBe("");
});

const log = () => undefined;

/** The address and the token as the pages have them, and what they are here. */
const HERE = { shown: "http://127.0.0.1:8079", token: "local" };

it.each(pages)("$path: its TypeScript runs, and gives what it says", { timeout }, async (page) => {
  const engine = await openEngine({ stateDir: null, log });
  const redis = await serveRedis({
    engine,
    stateDir: null,
    host: "127.0.0.1",
    port: 0,
    token: HERE.token,
    log,
  });
  const programs = await writePrograms([page], (text) => compared(text.replaceAll(HERE.shown, redis.url)));
  try {
    const args = [
      "--no-warnings",
      "--import",
      join(import.meta.dirname, "run-program.ts"),
      programs.pathOf(page),
    ];
    const { stderr } = await run(process.execPath, args, { cwd: programs.folder, timeout });
    expect(stderr).toBe("");
  } finally {
    await redis.close();
    await programs.remove();
  }
});

/**
 * `expression; // → value` compares them, and the program ends where it ends, whatever is still open. On a busy machine Redis may take
 * longer than a Worker would wait for it.
 */
function compared(text: string): string {
  const patient = text.replace(/\bcreate(?:Connection|RateLimiter)\(\{/g, "$& timeoutMs: 20_000,");
  const program = patient.replace(/^(.+); \/\/ → (.+)$/gm, "assertIs($1, $2);");
  const [unread] = /^.*\/\/ →.*$/m.exec(program) ?? [];
  if (unread !== undefined) throw new Error(`nothing would be compared: ${unread}`);
  return `${program}\nprocess.exit();\n`;
}
