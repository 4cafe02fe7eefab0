// Blocks of commands and what they print: `$ curl …`, and its output below it.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type Block, root } from "./markdown.ts";

export interface Step {
  readonly command: string;
  /** What is shown below it. */
  readonly shown: string;
  /** The line of the page in which the command begins. */
  readonly line: number;
}

/** A command goes on in the next line as in a shell: behind `\`, or while a quote is open. */
export function stepsOf({ lines, line: first }: Block): Step[] {
  const steps: { command: string; shown: string[]; line: number }[] = [];
  let goesOn = false;
  for (const [i, line] of lines.entries()) {
    const last = steps.at(-1);
    if (goesOn && last !== undefined) last.command += `\n${line}`;
    else if (line.startsWith("$ ")) steps.push({ command: line.slice(2), shown: [], line: first + i });
    else if (last === undefined) throw new Error(`line ${first}: a console begins with a command`);
    else last.shown.push(line);
    const command = steps.at(-1)?.command ?? "";
    const isCommand = goesOn || line.startsWith("$ ");
    goesOn = isCommand && (line.endsWith("\\") || command.split("'").length % 2 === 0);
  }
  return steps.map(({ shown, ...step }) => ({ ...step, shown: shown.join("\n").trimEnd() }));
}

/** Runs a command as a shell would. @returns what it has printed */
export async function runCommand(command: string, folder: string): Promise<string> {
  const cwd = /^(?:npm|npx|node) /.test(command) ? root : folder;
  const { promise, resolve } = Promise.withResolvers<string>();
  // Its exit code says nothing that its output does not: a stream that is read for a second ends with an error.
  promisify(execFile)("bash", ["-c", command], { cwd, timeout: 20_000 }).then(
    ({ stdout, stderr }) => resolve(stdout + stderr),
    (error: { stdout?: string; stderr?: string; message: string }) =>
      resolve(`${error.stdout ?? ""}${error.stderr ?? ""}` || error.message),
  );
  return (await promise).replaceAll("\r", "").trimEnd();
}

/** What differs from run to run. */
const CHANGING: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, "TIME"],
  [/\b\d{13}-\d+\b/g, "ID"],
  [/(?:sedge_|whsec_)?(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{16,}(?:[+/=][\w+/=-]*)*/g, "RANDOM"],
  [/"\d{16}"/g, '"ID"'],
  [/\b(dur|r|t|ttl|Max-Age|"durationMs")([=:])[\d.]+/g, "$1$2N"],
];

const mask = (text: string): string =>
  CHANGING.reduce((masked, [changing, name]) => masked.replace(changing, name), text);

/** What is to be the same of both: of an answer with its head, the head's lines that are shown. */
export function comparable(shown: string, printed: string): { shown: string; printed: string } {
  const [expected, actual] = [mask(shown), mask(printed)];
  if (!shown.startsWith("HTTP/")) return { shown: expected, printed: actual };
  const [expectedHead = ""] = expected.split("\n\n");
  const [actualHead = "", ...body] = actual.split("\n\n");
  const wanted = new Set(expectedHead.toLowerCase().split("\n"));
  const head = actualHead.split("\n").filter((line) => wanted.has(line.toLowerCase()));
  const sorted = (lines: readonly string[]) => lines.map((line) => line.toLowerCase()).toSorted();
  const join = (lines: readonly string[], rest: string) => `${sorted(lines).join("\n")}\n\n${rest}`;
  return {
    shown: join(expectedHead.split("\n"), expected.split("\n\n").slice(1).join("\n\n")),
    printed: join(head, body.join("\n\n")),
  };
}
