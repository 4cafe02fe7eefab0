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

export function stepsOf({ lines, line: first }: Block): Step[] {
  const steps: { command: string; shown: string[]; line: number }[] = [];
  for (const [i, line] of lines.entries()) {
    const last = steps.at(-1);
    if (last !== undefined && last.shown.length === 0 && goesOn(last.command)) last.command += `\n${line}`;
    else if (line.startsWith("$ ")) steps.push({ command: line.slice(2), shown: [], line: first + i });
    else if (last !== undefined) last.shown.push(line);
    else throw new Error(`line ${first}: a console begins with a command`);
  }
  return steps.map(({ command, shown, line }) => ({ command, shown: shown.join("\n").trimEnd(), line }));
}

/** As in a shell: behind `\`, or while a quote is open. */
const goesOn = (command: string): boolean => command.endsWith("\\") || command.split("'").length % 2 === 0;

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
  [/"(id|ids|receipt|token|secret|instance)":(\[?)"[^"]+"/g, '"$1":$2"RANDOM"'],
  [/^(ETag: |Set-Cookie: session=)[^;\n]+/gim, "$1RANDOM"],
  [/\b(dur|r|t|ttl|Max-Age)=[\d.]+/g, "$1=N"],
];

const mask = (text: string): string =>
  CHANGING.reduce((masked, [changing, name]) => masked.replace(changing, name), text);

/** What is to be the same of both: of an answer with its head, the headers that are shown, in any order. */
export function comparable(shown: string, printed: string): { shown: string; printed: string } {
  const [expected, actual] = [mask(shown), mask(printed)];
  if (!shown.startsWith("HTTP/")) return { shown: expected, printed: actual };
  const [wanted, got] = [answerOf(expected), answerOf(actual)];
  const names = new Set(wanted.head.map(nameOf));
  const head = got.head.filter((line) => names.has(nameOf(line)));
  return { shown: textOf(wanted), printed: textOf({ ...got, head }) };
}

interface Answer {
  readonly head: readonly string[];
  readonly body: string;
}

function answerOf(text: string): Answer {
  const [head = "", ...body] = text.split("\n\n");
  return { head: head.toLowerCase().split("\n").toSorted(), body: body.join("\n\n") };
}

/** Of a header's line; of the status line all. */
const nameOf = (line: string): string => line.split(": ", 1)[0] ?? line;

const textOf = ({ head, body }: Answer): string => [...head, "", body].join("\n");
