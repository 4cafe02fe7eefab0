// Which of a command's words are keys: by what the server's COMMAND says, and by rules where it cannot say.

import type { EngineCommand, EngineReply } from "../../engine.ts";

/** Where keys stand among the words, the name being word 0: from `first` to `last` (negative: from the end). */
interface KeyPositions {
  readonly first: number;
  readonly last: number;
  readonly step: number;
}

/** By command, or `command|subcommand`, in lower case. */
export type KeyTable = ReadonlyMap<string, KeyPositions>;

/** Commands that say in this word how many keys follow it; some have a key of their own, a destination, before. */
const COUNTED: ReadonlyMap<string, number> = new Map([
  ...["eval", "evalsha", "eval_ro", "evalsha_ro", "fcall", "fcall_ro"].map((name) => [name, 2] as const),
  ...["zunion", "zinter", "zdiff", "zintercard", "sintercard", "lmpop", "zmpop"].map(
    (name) => [name, 1] as const,
  ),
  ...["zunionstore", "zinterstore", "zdiffstore"].map((name) => [name, 2] as const),
]);

function isNumber(value: EngineReply | undefined): value is number {
  return typeof value === "number";
}

function addCommand(table: Map<string, KeyPositions>, entry: EngineReply): void {
  if (!Array.isArray(entry)) return;
  const [name, , , first, last, step] = entry as readonly EngineReply[];
  if (Buffer.isBuffer(name) && isNumber(first) && isNumber(last) && isNumber(step) && first > 0) {
    table.set(name.toString().toLowerCase(), { first, last, step });
  }
  // Since Redis 7 the tenth part lists the subcommands, in the same form.
  const subcommands: unknown = entry[9];
  if (Array.isArray(subcommands)) for (const subcommand of subcommands) addCommand(table, subcommand);
}

/** Reads the reply of COMMAND. */
export function readKeyTable(reply: EngineReply): KeyTable {
  const table = new Map<string, KeyPositions>();
  if (Array.isArray(reply)) for (const entry of reply) addCommand(table, entry);
  return table;
}

function countedKeys(command: EngineCommand, at: number): EngineCommand {
  const count = Number(command[at]?.toString() ?? 0);
  const destination =
    at === 2 && command[0]?.toString().toLowerCase().endsWith("store") ? command.slice(1, 2) : [];
  return [
    ...destination,
    ...command.slice(at + 1, at + 1 + (Number.isInteger(count) && count > 0 ? count : 0)),
  ];
}

/** XREAD … STREAMS key… id…: the first half of what follows. */
function streamKeys(command: EngineCommand): EngineCommand {
  const at = command.findIndex(
    (word) => word.length === 7 && word.toString("latin1").toUpperCase() === "STREAMS",
  );
  return at === -1 ? [] : command.slice(at + 1, at + 1 + Math.ceil((command.length - at - 1) / 2));
}

/**
 * The keys of a command.
 *
 * @returns in their order; none for a command without keys, an unknown one, or one too short for its keys.
 */
export function keysOf(table: KeyTable, command: EngineCommand): EngineCommand {
  const name = command[0]?.toString().toLowerCase() ?? "";
  const counted = COUNTED.get(name);
  if (counted !== undefined) return countedKeys(command, counted);
  if (name === "xread" || name === "xreadgroup") return streamKeys(command);
  const positions = table.get(`${name}|${command[1]?.toString().toLowerCase() ?? ""}`) ?? table.get(name);
  if (!positions) return [];
  const last = positions.last < 0 ? command.length + positions.last : positions.last;
  return command.filter(
    (_word, at) => at >= positions.first && at <= last && (at - positions.first) % positions.step === 0,
  );
}
