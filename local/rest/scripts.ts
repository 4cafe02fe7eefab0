// Scripts as Upstash takes them, for a Redis that does not know its shebang flags.
//
// A script may begin `#!lua flags=allow-key-locking`, which stock Redis refuses. That line is commented out, so that
// line numbers stay; and because the text now has another SHA-1, the SHA of the original is mapped to it. Callers only
// ever see the SHA of what they sent. Nothing here knows whether Redis holds a script: a mapped SHA that Redis does
// not know answers NOSCRIPT by itself, so an entry too many is harmless, and one too few (evicted, restarted) costs
// the caller one EVAL.

import { hash } from "node:crypto";
import type { EngineCommand, EngineReply } from "../engine.ts";
import { upperCase } from "./refused.ts";

const SHEBANG = Buffer.from("#!lua");
const COMMENT = Buffer.from("--");
const NEWLINE = 0x0a;
const SPACES: ReadonlySet<number | undefined> = new Set([0x09, 0x0a, 0x0d, 0x20]);

export interface RewrittenCommand {
  command: EngineCommand;
  /** What to answer instead of a successful reply. */
  answer: EngineReply | undefined;
}

export interface Scripts {
  /**
   * Rewrites a command that loads, names or drops scripts; any other comes back as it is. Commands of a pipeline are to be
   * rewritten in their order.
   * @param name the command's name, upper-case
   */
  rewrite(name: string, command: EngineCommand): RewrittenCommand;
}

/**
 * Makes the rewriting of scripts, with a memory of its own.
 * @param options.maxEntries how many SHAs are remembered; the one not used for longest goes first. Default 1,000.
 */
export function createScripts({ maxEntries = 1000 }: { maxEntries?: number } = {}): Scripts {
  /** SHA-1 of the original text, to that of the text Redis has. The order is that of use. */
  const strippedBySha = new Map<string, string>();

  function remember(original: string, stripped: string): void {
    strippedBySha.delete(original);
    strippedBySha.set(original, stripped);
    if (strippedBySha.size <= maxEntries) return;
    for (const oldest of strippedBySha.keys()) {
      strippedBySha.delete(oldest);
      return;
    }
  }

  function load(command: EngineCommand, textIndex: number): RewrittenCommand & { original?: string } {
    const text = command[textIndex];
    const stripped = text === undefined ? null : strip(text);
    if (text === undefined || stripped === null) return { command, answer: undefined };
    const original = hash("sha1", text);
    remember(original, hash("sha1", stripped));
    return { command: command.with(textIndex, stripped), answer: undefined, original };
  }

  function bySha(command: EngineCommand, firstSha: number, count: number): RewrittenCommand {
    const mapped = command.map((argument, index) => {
      if (index < firstSha || index >= firstSha + count) return argument;
      const original = argument.toString("latin1").toLowerCase();
      const stripped = strippedBySha.get(original);
      if (stripped === undefined) return argument;
      remember(original, stripped);
      return Buffer.from(stripped);
    });
    return { command: mapped, answer: undefined };
  }

  function script(command: EngineCommand): RewrittenCommand {
    const subcommand = upperCase(command[1]);
    if (subcommand === "EXISTS") return bySha(command, 2, command.length);
    if (subcommand === "FLUSH") strippedBySha.clear();
    if (subcommand !== "LOAD") return { command, answer: undefined };
    const loaded = load(command, 2);
    return loaded.original === undefined ? loaded : { ...loaded, answer: Buffer.from(loaded.original) };
  }

  return {
    rewrite(name, command) {
      switch (name) {
        case "EVAL":
        case "EVAL_RO":
          return load(command, 1);
        case "EVALSHA":
        case "EVALSHA_RO":
          return strippedBySha.size === 0 ? { command, answer: undefined } : bySha(command, 1, 1);
        case "SCRIPT":
          return script(command);
        default:
          return { command, answer: undefined };
      }
    },
  };
}

/** The text with its shebang line commented out, or null where there is none to comment out. */
function strip(text: Buffer): Buffer | null {
  if (!text.subarray(0, SHEBANG.length).equals(SHEBANG)) return null;
  // A shebang without a line after it is no script: Redis itself says so best.
  if (!SPACES.has(text[SHEBANG.length]) || !text.includes(NEWLINE)) return null;
  return Buffer.concat([COMMENT, text]);
}
