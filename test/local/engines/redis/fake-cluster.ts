// A Cluster in this process: an embedded engine per master, each refusing keys of slots that are not its own.

import { EngineError, EngineStatus } from "../../../../local/engine.ts";
import type { Engine, EngineCommand, EngineReply } from "../../../../local/engine.ts";
import { createEmbeddedEngine } from "../../../../local/engines/embedded/engine.ts";
import { keysOf, readKeyTable } from "../../../../local/engines/redis/cluster-keys.ts";
import { slotOf } from "../../../../local/engines/redis/cluster-slot.ts";
import type { RedisNode } from "../../../../local/engines/redis/node.ts";
import type { Address } from "../../../../local/engines/redis/url.ts";
import { EngineUnavailableError } from "../../../../local/engines/unavailable.ts";

const SLOTS = 16_384;

/** What COMMAND says of the commands that the tests use: name, arity, flags, first key, last key, step. */
const COMMANDS: EngineReply = (
  [
    ["get", 1, 1, 1],
    ["set", 1, 1, 1],
    ["incr", 1, 1, 1],
    ["rpush", 1, 1, 1],
    ["lrange", 1, 1, 1],
    ["mget", 1, -1, 1],
    ["mset", 1, -1, 2],
    ["del", 1, -1, 1],
    ["unlink", 1, -1, 1],
    ["exists", 1, -1, 1],
    ["touch", 1, -1, 1],
    ["sunion", 1, -1, 1],
  ] as const
).map(([name, first, last, step]) => [Buffer.from(name), 2, [], first, last, step]);

const TABLE = readKeyTable(COMMANDS);

export interface FakeCluster {
  readonly addresses: readonly [Address, ...Address[]];
  connect(address: Address): Promise<RedisNode>;
  /** The names of the commands each send brought, by the master's place. */
  readonly sent: { master: number; names: string[] }[];
  /** Gives a slot to another master; what it held stays behind. */
  move(slot: number, to: number): void;
  /** From now on the slot's keys are found on another master only behind ASKING. */
  ask(slot: number, to: number): void;
  /** Takes a master off the network, and gives its slots to another. */
  fail(master: number, successor: number): void;
  /** From now on a master answers nothing; connections to it end when they are closed. Its slots go to another. */
  silence(master: number, successor: number): void;
  close(): Promise<void>;
}

export async function createFakeCluster(masters: number): Promise<FakeCluster> {
  const engines: Engine[] = await Promise.all(
    Array.from({ length: masters }, () => createEmbeddedEngine({ stateDir: null, log: () => {} })),
  );
  const owners = Array.from({ length: SLOTS }, (_, slot) => Math.floor((slot * masters) / SLOTS));
  const asked = new Map<number, number>();
  const failed = new Set<number>();
  const silent = new Set<number>();
  const closed = Promise.withResolvers<never>();
  closed.promise.catch(() => undefined);
  const addresses = engines.map((_, place): Address => ({ host: "fake", port: 7000 + place }));
  const sent: FakeCluster["sent"] = [];

  function succeed(master: number, successor: number): void {
    for (const [slot, owner] of owners.entries()) if (owner === master) owners[slot] = successor;
  }

  function slots(): EngineReply {
    const ranges: EngineReply[] = [];
    for (let from = 0; from < SLOTS;) {
      const owner = owners[from] ?? 0;
      let to = from;
      while (to + 1 < SLOTS && owners[to + 1] === owner) to++;
      ranges.push([from, to, [Buffer.from("fake"), 7000 + owner, Buffer.from("id")]]);
      from = to + 1;
    }
    return ranges;
  }

  function refusal(master: number, command: EngineCommand, asking: boolean): EngineError | null {
    const [slot, ...others] = new Set(keysOf(TABLE, command).map(slotOf));
    if (slot === undefined) return null;
    if (others.length > 0) return new EngineError("CROSSSLOT Keys in request don't hash to the same slot");
    const importer = asked.get(slot);
    if (importer !== undefined && importer !== master)
      return new EngineError(`ASK ${slot} fake:${7000 + importer}`);
    if (owners[slot] === master || (asking && importer === master)) return null;
    return new EngineError(`MOVED ${slot} fake:${7000 + (owners[slot] ?? 0)}`);
  }

  async function runOn(master: number, commands: readonly EngineCommand[]): Promise<EngineReply[]> {
    if (failed.has(master)) throw new EngineUnavailableError("gone");
    if (silent.has(master)) return closed.promise;
    sent.push({ master, names: commands.map(([name]) => name?.toString().toUpperCase() ?? "") });
    const replies: EngineReply[] = [];
    let queue: EngineCommand[] | null = null;
    let refused = false;
    let asking = false;
    for (const command of commands) {
      const name = command[0]?.toString().toUpperCase() ?? "";
      const error = refusal(master, command, asking);
      asking = name === "ASKING";
      if (name === "CLUSTER") replies.push(slots());
      else if (name === "COMMAND") replies.push(COMMANDS);
      else if (name === "ASKING" || name === "MULTI") replies.push(new EngineStatus("OK"));
      else if (error) replies.push(error);
      else if (name !== "EXEC") {
        // A master runs one command after the other.
        replies.push(
          queue ? new EngineStatus("QUEUED") : ((await engines[master]?.pipeline([command]))?.[0] ?? null),
        );
        queue?.push(command);
      } else if (refused)
        replies.push(new EngineError("EXECABORT Transaction discarded because of previous errors."));
      else replies.push((await engines[master]?.transaction(queue ?? [])) ?? null);
      if (name === "MULTI") queue = [];
      refused ||= error !== null;
    }
    return replies;
  }

  return {
    addresses: [addresses[0] ?? { host: "fake", port: 7000 }, ...addresses.slice(1)],
    sent,
    connect: async (address) => ({
      address,
      send: (commands) => runOn(address.port - 7000, commands),
      close: () => {
        if (silent.has(address.port - 7000)) closed.reject(new EngineUnavailableError("closed"));
      },
    }),
    move(slot, to) {
      owners[slot] = to;
    },
    ask: (slot, to) => asked.set(slot, to),
    fail(master, successor) {
      failed.add(master);
      succeed(master, successor);
    },
    silence(master, successor) {
      silent.add(master);
      succeed(master, successor);
    },
    async close() {
      await Promise.all(engines.map((engine) => engine.close()));
    },
  };
}
