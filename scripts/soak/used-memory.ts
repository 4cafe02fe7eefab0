// How much memory Redis has in use, and how much of it the keys that are there take.

import type { Rest } from "./rest.ts";

const MIB = 1_048_576;
/** What Redis needs beside its keys: scripts, connections, and memory that the allocator holds on to. */
const SPARE_MIB = 8;

/** In bytes. */
export async function usedMemory(rest: Rest): Promise<number> {
  const [info] = await rest.run([["INFO", "memory"]]);
  return Number(/^used_memory:(\d+)/m.exec(String(info))?.[1]);
}

/**
 * @param before what was used before the run; null on the embedded engine, which knows no memory of its own
 * @param keys those that the run has left
 * @returns a line for people, and whether it is too much
 */
export async function compareMemory(
  rest: Rest,
  before: number | null,
  keys: readonly string[],
): Promise<{ line: string; isTooMuch: boolean }> {
  if (before === null)
    return { line: "The embedded engine's memory is that of its process.", isTooMuch: false };
  const sizes = await rest.run(keys.map((key) => ["MEMORY", "USAGE", key, "SAMPLES", "0"]));
  const alive = sizes.reduce<number>((sum, size) => sum + Number(size ?? 0), 0) / MIB;
  const grown = ((await usedMemory(rest)) - before) / MIB;
  return {
    line: `Redis uses ${grown.toFixed(1)} MiB more than before; the ${keys.length} keys left take ${alive.toFixed(1)}, and ${SPARE_MIB} are allowed beside them.`,
    isTooMuch: !(grown <= alive + SPARE_MIB),
  };
}
