// All of it, by a seed: moves in rounds, then a crowd; and what the server is like afterwards.

import { createRandom, shuffle } from "../../local/seed/random.ts";
import { gather } from "./crowd.ts";
import { LARGE_BYTES, MOVES, type Move, type Scene } from "./moves.ts";
import { startServer, type ChaosServer } from "./server.ts";
import { createTable } from "./table.ts";
import { open, request } from "./wire.ts";
import { beginWitness } from "./witness.ts";

/** Moves at once. */
const AT_ONCE = 8;
/** The longest that anybody else waits, on a machine that clients and server share. */
export const MOST_WAIT_MS = 5_000;
/** What a server may keep more after its last round than after its first. */
export const MOST_GROWTH_MIB = 16;
/** The longest until connections that were left are closed. */
const CLOSED_WITHIN_MS = 10_000;

export interface ChaosOptions {
  readonly seed: number;
  readonly rounds: number;
  /** Of each kind, in each round. */
  readonly moves: number;
  readonly connections: number;
  readonly print: (line: string) => void;
}

/** @returns what was wrong, which is nothing where all is well */
export async function runChaos(options: ChaosOptions): Promise<string[]> {
  const server = await startServer();
  try {
    return await run(server, options);
  } finally {
    await server.stop();
  }
}

async function run(server: ChaosServer, options: ChaosOptions): Promise<string[]> {
  const { seed, rounds, moves, connections, print } = options;
  const { port, token } = server;
  const random = createRandom(seed);
  const prefix = `chaos:${process.pid}:${seed}:`;
  const draw = (from: number, to: number): number => from + Math.floor(random() * (to - from + 1));
  const scene: Scene = { port, token, prefix, draw, slow: 0, opened: 0 };
  const wrong: string[] = [];
  const check = (isRight: boolean, what: string): void => {
    if (!isRight) wrong.push(what);
  };

  async function ask(...command: string[]): Promise<unknown> {
    const wire = await open({ port });
    wire.write(request(token, { body: JSON.stringify(command) }));
    const [answer] = await wire.answers(1);
    wire.leave("end");
    return answer === undefined ? undefined : (JSON.parse(answer.body) as { result?: unknown }).result;
  }

  await ask("SET", `${prefix}large`, "x".repeat(LARGE_BYTES));
  const socketsBefore = await server.sockets();
  const witness = beginWitness(port, token, `${prefix}witness`);
  const table = createTable();
  const memory: number[] = [];

  for (let round = 1; round <= rounds; round += 1) {
    for (const [name, move] of shuffle(Object.entries(MOVES), random)) {
      const failures = await repeat(move, scene, moves);
      wrong.push(...failures.map((failure) => `${name}: ${failure}`));
      table.add({ name, count: moves, failed: failures.length, took: witness.took() });
    }
    const crowd = await gather(port, token, connections);
    table.add({
      name: "connections",
      count: connections,
      failed: connections - crowd.size,
      took: witness.took(),
    });
    check(crowd.size === connections, `${connections - crowd.size} of ${connections} connections refused`);
    for (const name of ["a request of each", "another of each"]) {
      const well = await crowd.ask();
      table.add({ name, count: crowd.size, failed: crowd.size - well, took: witness.took() });
      check(well === crowd.size, `${crowd.size - well} of ${crowd.size} connections not answered`);
    }
    crowd.leave();
    await settle(async () => ({ isOver: ((await server.sockets()) ?? 0) <= (socketsBefore ?? 0) + 2 }));
    memory.push(await server.keptMiB());
  }
  await witness.stop();
  wrong.push(...witness.failures.map((failure) => `witness: ${failure}`));
  check(table.worst() <= MOST_WAIT_MS, `somebody else waited ${Math.round(table.worst())} ms`);

  const settled = await settle(async () => {
    const [sockets, readers] = [await server.sockets(), await ask("PUBLISH", `${prefix}events`, "bye")];
    // The question's own connection, and one that is still being closed.
    return { sockets, readers, isOver: readers === 0 && (sockets ?? 0) <= (socketsBefore ?? 0) + 2 };
  });
  check(server.isAlive, "the server has ended");
  check(settled.readers === 0, `${String(settled.readers)} subscriptions are left`);
  check(
    settled.isOver || settled.readers !== 0,
    `${settled.sockets} sockets, ${socketsBefore} at the beginning`,
  );
  check((await ask("GET", `${prefix}half`)) === null, "half a body ran its command");
  const slow = Number(await ask("GET", `${prefix}slow`));
  check(slow === scene.slow, `${slow} of ${scene.slow} slow commands ran`);
  check(server.log === "", `the server says: ${server.log.slice(0, 1_000)}`);
  const growth = (memory.at(-1) ?? 0) - (memory[0] ?? 0);
  check(growth <= MOST_GROWTH_MIB, `${growth.toFixed(1)} MiB more after ${rounds} rounds`);
  await clean(ask, prefix);

  print(table.tell());
  print(
    `Kept after each round: ${memory.map((mib) => mib.toFixed(1)).join(", ")} MiB. Sockets: ${socketsBefore ?? "not known here"} before, ` +
      `${settled.sockets ?? "not known here"} after. Subscriptions left: ${String(settled.readers)}.`,
  );
  return wrong;
}

async function repeat(move: Move, scene: Scene, count: number): Promise<string[]> {
  const failures: string[] = [];
  let left = count;
  async function work(): Promise<void> {
    while (left > 0) {
      left -= 1;
      const failure = await move(scene).catch((error: unknown) => String(error));
      if (failure !== null) failures.push(failure);
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return failures;
}

/** Looks until it is over, or for too long. */
async function settle<T extends { readonly isOver: boolean }>(look: () => Promise<T>): Promise<T> {
  const until = performance.now() + CLOSED_WITHIN_MS;
  for (;;) {
    const found = await look();
    if (found.isOver || performance.now() > until) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A Redis that REDIS_URL names is somebody's. */
async function clean(ask: (...command: string[]) => Promise<unknown>, prefix: string): Promise<void> {
  let cursor = "0";
  do {
    const reply = (await ask("SCAN", cursor, "MATCH", `${prefix}*`, "COUNT", "1000")) as [string, string[]];
    cursor = reply[0];
    if (reply[1].length > 0) await ask("UNLINK", ...reply[1]);
  } while (cursor !== "0");
}
