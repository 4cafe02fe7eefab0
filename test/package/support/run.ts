// Runs a program to its end.

import { execFile } from "node:child_process";
import { promisify } from "node:util";

/**
 * @returns what it printed
 * @throws with all it printed, where it ends with another code than 0
 */
export async function run(cwd: string, file: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(file, args, { cwd, maxBuffer: 2 ** 26 });
    return stdout;
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`${file} ${args.join(" ")}\n${stdout}${stderr}`, { cause: error });
  }
}
